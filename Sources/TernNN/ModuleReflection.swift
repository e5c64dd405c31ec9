import Synchronization
import TernCore

/// Shows the stored properties of `module` that are members to `visitor`: those of its superclasses first, each class's
/// in the order of declaration. Classes whose properties' types cannot hold any, such as activations, are looked at once.
package func visitReflectedMembers(of module: any Module, _ visitor: inout some ModuleVisitor) {
    let type = ObjectIdentifier(type(of: module))
    if memberless.withLock({ $0.contains(type) }) { return }
    if visitProperties(of: Mirror(reflecting: module), "", &visitor), !(module is any CustomReflectable) {
        memberless.withLock { _ = $0.insert(type) }
    }
}

private let memberless = Mutex<Set<ObjectIdentifier>>([])

/// Shows what the stored properties are and hold.
///
/// - Parameter prefix: stands before their names.
/// - Returns: whether the properties' types say that values of this type never hold a member.
func visitProperties(of mirror: Mirror, _ prefix: String, _ visitor: inout some ModuleVisitor) -> Bool {
    var isPlain = true
    if let parent = mirror.superclassMirror { isPlain = visitProperties(of: parent, prefix, &visitor) }
    // The macro Observable keeps `x` in `_x`.
    let isObserved = mirror.children.contains { $0.label == "_$observationRegistrar" }
    for (index, child) in mirror.children.enumerated() {
        // The declared type: the value of an existential property can have another type the next time.
        let kind = MemberKind.of(_openExistential(child.value, do: declaredType))
        if kind == .none { continue }
        isPlain = false
        let label = child.label ?? "\(index)"
        if let wrapped = wrappedValue(label, child.value, kind) {
            visitMember(prefix + label.dropFirst(), wrapped, &visitor)
        } else {
            visitMember(prefix + propertyName(label, isObserved), child.value, &visitor)
        }
    }
    return isPlain
}

/// The name in the source of a property, or of an element of a tuple, that reflection shows as `label`.
private func propertyName(_ label: String, _ isObserved: Bool) -> String {
    let lazyPrefix = "$__lazy_storage_$_"
    if label.hasPrefix(lazyPrefix) { return String(label.dropFirst(lazyPrefix.count)) }
    if label.hasPrefix(".") || isObserved && label.hasPrefix("_") { return String(label.dropFirst()) }
    return label
}

/// What a property wrapper stores for its property, which is the property's value; nil for anything else, such as a
/// property whose own name begins with `_`.
private func wrappedValue(_ label: String, _ value: Any, _ kind: MemberKind) -> Any? {
    guard label.hasPrefix("_"), kind == .parts || kind == .object else { return nil }
    return Mirror(reflecting: value).children.first { $0.label == "wrappedValue" }?.value
}

/// Shows `value` if it is a member, or the members that it holds, with `name` before their own: `blk.fc`.
func visitMember(_ name: String, _ value: Any, _ visitor: inout some ModuleVisitor) {
    switch MemberKind.of(type(of: value)) {
    case .none, .plainObject: break
    case .parameter: visitor.visit(name, value as! Parameter)
    case .buffer: visitor.visit(name, value as! Buffer)
    case .module: visitor.visit(name, value as! any Module)
    case .registry: (value as! Registry).visitMembers(&visitor)
    case .container: (value as! any MemberContainer).visitElements(name, &visitor)
    case .object: visitor.visitUnreachable(name, value)
    case .parts: visitParts(name, value, &visitor)
    }
}

private func visitParts(_ name: String, _ value: Any, _ visitor: inout some ModuleVisitor) {
    let mirror = Mirror(reflecting: value)
    let isPlain = visitProperties(of: mirror, name + ".", &visitor)
    // Another value of an enum can have another payload, and a mirror that the type makes itself can show anything.
    if isPlain, mirror.displayStyle != .enum, !(value is any CustomReflectable) {
        MemberKind.remember(.none, type(of: value))
    }
}

private func declaredType<Value>(of value: Value) -> Any.Type { Value.self }
