import TernCore

extension Module {
    /// The parameters of this module and all below: own ones in the order of declaration, then those of the children.
    /// One that several modules share is listed once.
    public var parameters: [Parameter] { namedParameters.map(\.parameter) }

    /// The parameters with their dotted paths, such as `conv1.weight`; a shared one has the first of its paths.
    public var namedParameters: [(name: String, parameter: Parameter)] {
        var seen: Set<ObjectIdentifier> = []
        var result: [(name: String, parameter: Parameter)] = []
        walk(unique: true) { path, _, members in
            for (name, parameter) in members.parameters where seen.insert(ObjectIdentifier(parameter)).inserted {
                parameter.setPath(path + name)
                result.append((path + name, parameter))
            }
        }
        let listing = ParameterListing(of: self, seen)
        for (_, parameter) in result { parameter.list(in: listing) }
        return result
    }

    /// All buffers of the module and those below, each once; see ``namedBuffers``.
    public var buffers: [Buffer] { namedBuffers.map(\.buffer) }

    /// The buffers with their dotted paths, such as `bn1.running_mean`; a shared one has the first of its paths.
    public var namedBuffers: [(name: String, buffer: Buffer)] {
        var seen: Set<ObjectIdentifier> = []
        var result: [(name: String, buffer: Buffer)] = []
        walk(unique: true) { path, _, members in
            for (name, buffer) in members.buffers where seen.insert(ObjectIdentifier(buffer)).inserted {
                buffer.setPath(path + name)
                result.append((path + name, buffer))
            }
        }
        return result
    }

    /// This module and all below, each once.
    public var modules: [any Module] { namedModules.map(\.module) }

    /// This module (its name is empty) and all below with their dotted paths, parents before children, each once.
    public var namedModules: [(name: String, module: any Module)] {
        var result: [(name: String, module: any Module)] = []
        walk(unique: true) { path, module, _ in result.append((String(path.dropLast()), module)) }
        return result
    }

    /// The modules that this one owns directly, with their names.
    public var namedChildren: [(name: String, module: any Module)] { ModuleMembers(of: self).modules }

    /// Calls `body` for this module and all below, parents first.
    ///
    /// - Parameters:
    ///   - unique: leave out a module that was visited under another path.
    ///   - stopsForLostMembers: see ``UnreachableMembers``.
    ///   - body: gets the path with a dot at its end (empty for this module), the module and its members.
    func walk(
        unique: Bool, stopsForLostMembers: Bool = true, _ body: (_ path: String, any Module, ModuleMembers) -> Void
    ) {
        var walk = ModuleWalk(unique: unique)
        walk.visit("", self, body)
        if stopsForLostMembers { for members in walk.unreachable { members.stopIfLost(in: self) } }
    }
}

private struct ModuleWalk {
    let unique: Bool
    private var seen: Set<ObjectIdentifier> = []
    private var ancestors: Set<ObjectIdentifier> = []
    private(set) var unreachable: [UnreachableMembers] = []

    init(unique: Bool) { self.unique = unique }

    mutating func visit(
        _ path: String, _ module: any Module, _ body: (_ path: String, any Module, ModuleMembers) -> Void
    ) {
        let id = ObjectIdentifier(module)
        if unique, !seen.insert(id).inserted { return }
        // A reference back to a parent does not make the parent a child: reflection shows weak ones too.
        guard ancestors.insert(id).inserted else { return }
        defer { ancestors.remove(id) }
        let members = ModuleMembers(of: module)
        body(path, module, members)
        for (name, holder) in members.unreachable {
            unreachable.append(UnreachableMembers(owner: module, path: path + name, holder: holder))
        }
        for (name, child) in members.modules { visit(path + name + ".", child, body) }
    }
}
