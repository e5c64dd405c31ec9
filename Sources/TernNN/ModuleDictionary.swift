import TernCore

/// Named modules that can change while training, in the order in which they were added; the owner decides how they are
/// called. PyTorch's `ModuleDict`.
///
/// ```swift
/// let heads = ModuleDictionary(["digits": Linear(84, 10)])
/// heads["letters"] = Linear(84, 26)
/// ```
public final class ModuleDictionary: Module, ExpressibleByDictionaryLiteral {
    public typealias Input = Never
    public typealias Output = Never
    public typealias Element = any Module<Tensor, Tensor>

    private var entries: [(name: String, module: Element)] = []

    public init(_ entries: KeyValuePairs<String, Element> = [:]) {
        for (name, module) in entries { self[name] = module }
    }

    public init(dictionaryLiteral entries: (String, Element)...) {
        for (name, module) in entries { self[name] = module }
    }

    /// A dictionary is not called; its modules are.
    public func forward(_ input: Never) -> Never {}

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        for (name, module) in entries { visitor.visit(name, module) }
    }

    /// The module of that name; `nil` removes it. A name must not be empty or contain a dot.
    public subscript(name: String) -> Element? {
        get { entries.first { $0.name == name }?.module }
        set {
            let index = entries.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let module?): entries[index].module = module
            case (let index?, nil): entries.remove(at: index)
            case (nil, let module?):
                checkMemberName(name, "ModuleDictionary")
                entries.append((name, module))
            case (nil, nil): break
            }
        }
    }

    public var names: [String] { entries.map(\.name) }
    public var count: Int { entries.count }
}
