/// Shows the stored properties of `module` that are members to `visitor`: those of its superclasses first, each class's
/// in the order of declaration.
package func visitReflectedMembers(of module: any Module, _ visitor: inout some ModuleVisitor) {
    var mirrors = [Mirror(reflecting: module)]
    while let parent = mirrors.last?.superclassMirror { mirrors.append(parent) }
    for mirror in mirrors.reversed() {
        for child in mirror.children {
            guard let label = child.label else { continue }
            if !visitMember(propertyName(label), child.value, &visitor), label.hasPrefix("_") {
                visitWrapped(propertyName(label), child.value, &visitor)
            }
        }
    }
}

/// The name in the source of a property whose storage reflection shows as `label`.
private func propertyName(_ label: String) -> String {
    let lazyPrefix = "$__lazy_storage_$_"
    if label.hasPrefix(lazyPrefix) { return String(label.dropFirst(lazyPrefix.count)) }
    // The storage of a property wrapper or of an observed property.
    return label.hasPrefix("_") && label.count > 1 ? String(label.dropFirst()) : label
}

/// A property wrapper's value is the property's, if the wrapper stores it.
private func visitWrapped(_ name: String, _ wrapper: Any, _ visitor: inout some ModuleVisitor) {
    for child in Mirror(reflecting: wrapper).children where child.label == "wrappedValue" {
        _ = visitMember(name, child.value, &visitor)
    }
}

/// Shows `value` if it is a member, or holds members. Only types are asked, so that a large array of numbers costs
/// nothing.
///
/// - Returns: whether it was one.
private func visitMember(_ name: String, _ value: Any, _ visitor: inout some ModuleVisitor) -> Bool {
    if let parameter = value as? Parameter {
        visitor.visit(name, parameter)
    } else if let buffer = value as? Buffer {
        visitor.visit(name, buffer)
    } else if let module = value as? any Module {
        visitor.visit(name, module)
    } else if let registry = value as? Registry {
        registry.visitMembers(&visitor)
    } else if let container = value as? any MemberContainer {
        return container.visitElements(name, &visitor)
    } else {
        return false
    }
    return true
}

/// The types of the standard library that may hold members.
private protocol MemberContainer {
    func visitElements(_ name: String, _ visitor: inout some ModuleVisitor) -> Bool
}

extension Optional: MemberContainer {
    func visitElements(_ name: String, _ visitor: inout some ModuleVisitor) -> Bool {
        guard let value = self else { return true }
        return visitMember(name, value, &visitor)
    }
}

extension Array: MemberContainer {
    func visitElements(_ name: String, _ visitor: inout some ModuleVisitor) -> Bool {
        for (index, element) in enumerated() {
            if !visitMember("\(name).\(index)", element, &visitor) { return false }
        }
        return true
    }
}

extension Dictionary: MemberContainer {
    /// In the order of the keys, as a dictionary has none.
    func visitElements(_ name: String, _ visitor: inout some ModuleVisitor) -> Bool {
        guard let dictionary = self as? [String: Value] else { return false }
        for key in dictionary.keys.sorted() {
            if !visitMember("\(name).\(key)", dictionary[key]!, &visitor) { return false }
        }
        return true
    }
}
