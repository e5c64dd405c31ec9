import TernCore

/// What ``Module/visitMembers(_:)`` shows a module's members to.
///
/// ```swift
/// func visitMembers(_ visitor: inout some ModuleVisitor) {
///     visitor.visit("weight", weight)
///     visitor.visit("bias", bias)      // optional: nothing happens for nil
/// }
/// ```
public protocol ModuleVisitor {
    mutating func visit(_ name: String, _ parameter: Parameter)
    mutating func visit(_ name: String, _ buffer: Buffer)
    mutating func visit(_ name: String, _ module: any Module)
}

extension ModuleVisitor {
    public mutating func visit(_ name: String, _ parameter: Parameter?) {
        if let parameter { visit(name, parameter) }
    }

    public mutating func visit(_ name: String, _ buffer: Buffer?) {
        if let buffer { visit(name, buffer) }
    }

    public mutating func visit(_ name: String, _ module: (any Module)?) {
        if let module { visit(name, module) }
    }

    /// Modules named `name.0`, `name.1`, ...
    public mutating func visit(_ name: String, _ modules: [any Module]) {
        for (index, module) in modules.enumerated() { visit("\(name).\(index)", module) }
    }
}

/// The members of one module, as it shows them.
struct ModuleMembers: ModuleVisitor {
    private(set) var parameters: [(name: String, parameter: Parameter)] = []
    private(set) var buffers: [(name: String, buffer: Buffer)] = []
    private(set) var modules: [(name: String, module: any Module)] = []
    private var names: Set<String> = []
    private let owner: String

    init(of module: any Module) {
        owner = module.typeName
        module.visitMembers(&self)
    }

    mutating func visit(_ name: String, _ parameter: Parameter) {
        check(name)
        parameters.append((name, parameter))
    }

    mutating func visit(_ name: String, _ buffer: Buffer) {
        check(name)
        buffers.append((name, buffer))
    }

    mutating func visit(_ name: String, _ module: any Module) {
        check(name)
        modules.append((name, module))
    }

    private mutating func check(_ name: String) {
        if name.isEmpty { mistake(owner, "has a member with an empty name") }
        if !names.insert(name).inserted { mistake(owner, "has two members named '\(name)'") }
    }
}
