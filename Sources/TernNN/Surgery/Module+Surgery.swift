import TernCore

extension Module {
    /// The module below that has this dotted path; nil if there is none. PyTorch's `get_submodule`.
    ///
    /// ```swift
    /// let conv = model.module(at: "conv1") as? Conv2d
    /// ```
    public func module(at path: String) -> (any Module)? { path.isEmpty ? self : place(of: path)?.module }

    /// Puts another module in the place of the one that has this dotted path: it is called instead, its parameters are the
    /// model's, under the same path, and hooks, modes and messages follow it. PyTorch's `set_submodule`.
    ///
    /// ```swift
    /// model.replace("fc1", with: Sequential(model.fc1, Dropout(0.1)))
    /// ```
    ///
    /// Layers of a ``Sequential`` and entries of a ``Registry`` are exchanged. What stands in a stored property stays there,
    /// as Swift's properties have a type: it is the owner's call of it, `fc1(x)`, that goes to the other module, which may
    /// contain the one that it replaces. Code that asks the property for more than that, such as `fc1.weight`, still gets the
    /// former module's: where a parameter is no longer the owner's, the owner's code stops with a message when it reads
    /// the value. Declare the property as `var` and assign to it where such code should follow.
    ///
    /// - Parameters:
    ///   - path: the dotted path of a module below this one, such as `"encoder.0"`.
    ///   - module: of the same types of input and output.
    /// - Returns: what was there before.
    @discardableResult
    public func replace(_ path: String, with module: any Module) -> any Module {
        let place = existingPlace(of: path, "replace")
        if let list = place.owner as? Sequential, let index = Int(place.name) {
            list[index] = Sequential.layer(module, "replace")
        } else if let registry = place.registry {
            registry.replace(place.name, with: module)
        } else {
            place.stored.redirect(to: module, in: place.owner, place.name)
        }
        return place.module
    }

    /// Adds a layer to the ``Sequential`` that the path without its last part names, before the layer that the path names
    /// (`"features.3"`) or at the end, or an entry to the ``Registry`` of the module there (`"decoder.head"`).
    ///
    /// Members that are stored properties cannot be added to: the program stops with a message.
    public func insert(_ module: any Module, at path: String) {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false)
        let name = String(parts.last ?? "")
        let parent = parts.dropLast().joined(separator: ".")
        guard let owner = self.module(at: parent) else { stopWithoutModule(parent, "insert") }
        if let list = owner as? Sequential {
            guard let index = Int(name) else {
                mistake("insert", "expects the number of a layer at the end of the path, got '\(path)'")
            }
            return list.insert(Sequential.layer(module, "insert"), at: index)
        }
        guard let registry = ModuleMembers(of: owner).registries.first else {
            mistake(
                "insert",
                "\(owner.typeName) keeps its members in stored properties: modules can be inserted into a Sequential or a "
                    + "Registry, or replace others (path '\(path)')")
        }
        registry.register(name, module)
    }

    /// Removes the layer of a ``Sequential`` or the entry of a ``Registry`` that has this dotted path.
    ///
    /// A stored property cannot be removed: the program stops with a message. Replace it with one that does nothing.
    ///
    /// - Returns: what was there.
    @discardableResult
    public func remove(_ path: String) -> any Module {
        let place = existingPlace(of: path, "remove")
        if let list = place.owner as? Sequential, let index = Int(place.name) {
            list.remove(at: index)
        } else if let registry = place.registry {
            registry.remove(place.name)
        } else {
            mistake(
                "remove",
                "'\(path)' is a stored property of \(place.owner.typeName), which would still call it: replace it with a "
                    + "module that does nothing, such as Identity()")
        }
        return place.module
    }

    private func existingPlace(of path: String, _ operation: String) -> ModulePlace {
        if let place = place(of: path) { return place }
        stopWithoutModule(path, operation)
    }

    private func stopWithoutModule(_ path: String, _ operation: String) -> Never {
        let names = namedModules.dropFirst().map(\.name.printable).joined(separator: ", ")
        mistake(operation, "\(typeName) has no module '\(path)', but \(names.isEmpty ? "none" : names)")
    }

    /// Where the module of a path stands. Names of members may have dots themselves.
    private func place(of path: String) -> ModulePlace? {
        var found: ModulePlace?
        walk(unique: false, stopsForLostMembers: false) { prefix, owner, members in
            guard found == nil, path.hasPrefix(prefix) else { return }
            let name = path.dropFirst(prefix.count)
            guard let index = members.modules.firstIndex(where: { $0.name == name }) else { return }
            found = ModulePlace(
                owner: owner, name: String(name), module: members.modules[index].module,
                stored: members.storedModules[index],
                registry: members.registries.first { $0.module(String(name)) === members.modules[index].module })
        }
        return found
    }

    /// Lets the owner's calls of this module go to another one.
    fileprivate func redirect(to other: any Module, in owner: any Module, _ name: String) {
        guard let match = other as? any Module<Input, Output> else {
            mistake(
                "replace",
                "\(typeName) computes \(Output.self) from \(Input.self), and \(other.typeName) does not: it cannot stand in "
                    + "its place")
        }
        ForwardHooks.removeReplacement(of: self, in: owner)
        if other !== self {
            ForwardHooks.add(
                { (input: Input) in match(input) }, to: self, .instead, .init(owner: owner, module: other))
        }
        let kept = owner.allParameters
        for (path, parameter) in allParameters {
            let isKept = kept.contains { $0.parameter === parameter }
            if !isKept { parameter.setPath("\(name).\(path)") }
            parameter.setReplaced(at: name, in: isKept ? nil : owner)
        }
    }
}

extension Module {
    /// The parameters as they are, whatever lists them.
    fileprivate var allParameters: [(path: String, parameter: Parameter)] {
        var found: [(path: String, parameter: Parameter)] = []
        walk(unique: true, stopsForLostMembers: false) { path, _, members in
            found += (members.parameters + members.computedParameters).map { (path + $0.name, $0.parameter) }
        }
        return found
    }
}

private struct ModulePlace {
    let owner: any Module
    let name: String
    let module: any Module
    /// What the owner really has there, if that was replaced.
    let stored: any Module
    let registry: Registry?
}

extension Sequential {
    fileprivate static func layer(_ module: any Module, _ operation: String) -> Layer {
        if let layer = module as? Layer { return layer }
        mistake(operation, "a Sequential consists of modules from Tensor to Tensor, got \(module.typeName)")
    }
}
