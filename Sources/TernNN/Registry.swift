import TernCore

/// Members that come and go while the program runs. A module that has one as a stored property has its entries as its
/// own members, under their own names.
///
/// ```swift
/// final class Net: Module {
///     let extra = Registry()
///     func forward(_ x: Tensor) -> Tensor {
///         guard let head = extra.module("head") as? Linear else { return x }
///         return head(x)
///     }
/// }
/// let net = Net()
/// net.extra.register("head", Linear(84, 10))   // its weight is "head.weight"
/// net.extra.remove("head")
/// ```
public final class Registry {
    private var entries: [(name: String, member: Member)] = []

    private enum Member {
        case parameter(Parameter)
        case buffer(Buffer)
        case module(any Module)
    }

    /// A registry without entries.
    public init() {}

    /// Adds a member. The name must not be empty, contain a dot or be taken.
    public func register(_ name: String, _ parameter: Parameter) { add(name, .parameter(parameter)) }
    /// Adds a buffer. The name must not be empty, contain a dot or be taken.
    public func register(_ name: String, _ buffer: Buffer) { add(name, .buffer(buffer)) }
    /// Adds a module. The name must not be empty, contain a dot or be taken.
    public func register(_ name: String, _ module: any Module) { add(name, .module(module)) }

    private func add(_ name: String, _ member: Member) {
        checkMemberName(name, "register")
        if entries.contains(where: { $0.name == name }) { mistake("register", "the name '\(name)' is taken") }
        entries.append((name, member))
    }

    /// Removes the member of that name, if there is one.
    public func remove(_ name: String) { entries.removeAll { $0.name == name } }

    /// Of the entries, in the order in which they were added.
    public var names: [String] { entries.map(\.name) }

    /// The parameter of that name, if there is one.
    public func parameter(_ name: String) -> Parameter? {
        if case .parameter(let parameter)? = member(name) { parameter } else { nil }
    }

    /// The buffer of that name, if there is one.
    public func buffer(_ name: String) -> Buffer? {
        if case .buffer(let buffer)? = member(name) { buffer } else { nil }
    }

    /// The module of that name, if there is one.
    public func module(_ name: String) -> (any Module)? {
        if case .module(let module)? = member(name) { module } else { nil }
    }

    private func member(_ name: String) -> Member? { entries.first { $0.name == name }?.member }

    func replace(_ name: String, with module: any Module) {
        entries[entries.firstIndex { $0.name == name }!].member = .module(module)
    }

    /// Shows the entries to `visitor`, for modules that write ``Module/visitMembers(_:)`` themselves.
    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit(self)
        for (name, member) in entries {
            switch member {
            case .parameter(let parameter): visitor.visit(name, parameter)
            case .buffer(let buffer): visitor.visit(name, buffer)
            case .module(let module): visitor.visit(name, module)
            }
        }
    }
}

/// Stops if `name` cannot be a part of a dotted path.
func checkMemberName(_ name: String, _ operation: String) {
    if name.isEmpty || name.contains(".") {
        mistake(operation, "expects a name that is not empty and has no dot, got '\(name)'")
    }
}
