import TernCore

/// A list of modules that can change while training; the owner decides how they are called. Their names are `0`, `1`,
/// ... PyTorch's `ModuleList`.
///
/// A plain array of modules is a member as well, and keeps the type of its elements; the list is printed as a level of
/// its own.
public final class ModuleList: Module {
    public typealias Input = Never
    public typealias Output = Never
    public typealias Element = any Module<Tensor, Tensor>

    private var elements: [Element]

    public init(_ elements: [Element] = []) { self.elements = elements }

    /// A list is not called; its elements are.
    public func forward(_ input: Never) -> Never {}

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        for (index, element) in elements.enumerated() { visitor.visit("\(index)", element) }
    }
}

extension ModuleList: RandomAccessCollection, MutableCollection, RangeReplaceableCollection {
    public convenience init() { self.init([]) }
    public var startIndex: Int { 0 }
    public var endIndex: Int { elements.count }

    public subscript(index: Int) -> Element {
        get { elements[index] }
        set { elements[index] = newValue }
    }

    public func replaceSubrange(_ range: Range<Int>, with new: some Collection<Element>) {
        elements.replaceSubrange(range, with: new)
    }
}
