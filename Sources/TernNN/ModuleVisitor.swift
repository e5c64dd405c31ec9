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
    /// A parameter and its name in the module.
    mutating func visit(_ name: String, _ parameter: Parameter)
    /// A buffer and its name in the module.
    mutating func visit(_ name: String, _ buffer: Buffer)
    /// A module and its name in the module that has it.
    mutating func visit(_ name: String, _ module: any Module)
    /// A property that reflection cannot find members in by name: an object that is no module, a set, or a dictionary
    /// whose keys are no names. The default does nothing.
    mutating func visitUnreachable(_ name: String, _ holder: Any)
    /// A registry, before its entries. The default does nothing.
    mutating func visit(_ registry: Registry)
}

extension ModuleVisitor {
    public mutating func visitUnreachable(_ name: String, _ holder: Any) {}

    public mutating func visit(_ registry: Registry) {}

    /// An optional parameter; nothing happens for `nil`.
    public mutating func visit(_ name: String, _ parameter: Parameter?) {
        if let parameter { visit(name, parameter) }
    }

    /// An optional buffer; nothing happens for `nil`.
    public mutating func visit(_ name: String, _ buffer: Buffer?) {
        if let buffer { visit(name, buffer) }
    }

    /// An optional module; nothing happens for `nil`.
    public mutating func visit(_ name: String, _ module: (any Module)?) {
        if let module { visit(name, module) }
    }

    /// Modules named `name.0`, `name.1`, ...
    public mutating func visit(_ name: String, _ modules: [any Module]) {
        for (index, module) in modules.enumerated() { visit("\(name).\(index)", module) }
    }
}

/// The members of one module, as it shows them: but for a parameter that is computed, the list that computes it, and for
/// a module that was replaced, the other one.
struct ModuleMembers: ModuleVisitor {
    private(set) var parameters: [(name: String, parameter: Parameter)] = []
    /// Those that a ``ParametrizationList`` among the modules computes.
    private(set) var computedParameters: [(name: String, parameter: Parameter)] = []
    private(set) var buffers: [(name: String, buffer: Buffer)] = []
    private(set) var modules: [(name: String, module: any Module)] = []
    /// What the owner really has where `modules` has another one.
    private(set) var storedModules: [any Module] = []
    private var names: Set<String> = []
    private(set) var unreachable: [(name: String, holder: Any)] = []
    private(set) var registries: [Registry] = []
    private let owner: any Module

    init(of module: any Module) {
        owner = module
        module.visitMembers(&self)
    }

    mutating func visit(_ registry: Registry) { registries.append(registry) }

    mutating func visit(_ name: String, _ parameter: Parameter) {
        if let list = parameter.source as? ParametrizationList {
            computedParameters.append((name, parameter))
            return visit("parametrizations.\(name)", list)
        }
        check(name)
        parameters.append((name, parameter))
    }

    mutating func visit(_ name: String, _ buffer: Buffer) {
        check(name)
        buffers.append((name, buffer))
    }

    mutating func visit(_ name: String, _ module: any Module) {
        check(name)
        storedModules.append(module)
        modules.append((name, ForwardHooks.replacement(of: module, in: owner) ?? module))
    }

    mutating func visitUnreachable(_ name: String, _ holder: Any) { unreachable.append((name, holder)) }

    private mutating func check(_ name: String) {
        if name.isEmpty { mistake(owner.typeName, "has a member with an empty name") }
        if !names.insert(name).inserted { mistake(owner.typeName, "has two members named '\(name)'") }
    }
}
