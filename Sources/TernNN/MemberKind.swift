import Synchronization
import TernCore

/// What the values of a type are to a module that has one as a stored property. Types are asked, once each, so that a
/// large array of numbers costs nothing.
enum MemberKind: Sendable {
    /// Neither members nor anything that can hold some.
    case none
    case parameter, buffer, module, registry
    /// A container of the standard library, whose elements can be or hold members.
    case container
    /// A struct, tuple or enum whose properties can.
    case parts
    /// An object that is no module: its members are not the module's, see ``UnreachableMembers``.
    case object
    /// One that has none, by its properties' types. An object of a subclass may.
    case plainObject

    private static let known = Mutex<[ObjectIdentifier: MemberKind]>([:])

    static func of(_ type: Any.Type) -> MemberKind {
        let id = ObjectIdentifier(type)
        if let kind = known.withLock({ $0[id] }) { return kind }
        let kind = make(type)
        known.withLock { $0[id] = kind }
        return kind
    }

    /// Remembers what looking at a value of the type has shown.
    static func remember(_ kind: MemberKind, _ type: Any.Type) { known.withLock { $0[ObjectIdentifier(type)] = kind } }

    private static func make(_ type: Any.Type) -> MemberKind {
        if type is Parameter.Type { return .parameter }
        if type is Buffer.Type { return .buffer }
        if type is any Module.Type { return .module }
        if type is Registry.Type { return .registry }
        if let container = type as? any MemberContainer.Type {
            return of(container.elementType) == .none ? .none : .container
        }
        if type is AnyClass { return .object }
        if type is String.Type || type is Tensor.Type || _openExistential(type, do: holdsNoReferences) { return .none }
        return .parts
    }
}

private func holdsNoReferences<T>(_ type: T.Type) -> Bool { _isPOD(type) }

/// The types of the standard library that may hold members.
protocol MemberContainer {
    static var elementType: Any.Type { get }
    func visitElements(_ name: String, _ visitor: inout some ModuleVisitor)
}

extension Optional: MemberContainer {
    static var elementType: Any.Type { Wrapped.self }

    func visitElements(_ name: String, _ visitor: inout some ModuleVisitor) {
        if let value = self { visitMember(name, value, &visitor) }
    }
}

extension Array: MemberContainer {
    static var elementType: Any.Type { Element.self }

    func visitElements(_ name: String, _ visitor: inout some ModuleVisitor) { visitAll(self, name, &visitor) }
}

extension ContiguousArray: MemberContainer {
    static var elementType: Any.Type { Element.self }

    func visitElements(_ name: String, _ visitor: inout some ModuleVisitor) { visitAll(self, name, &visitor) }
}

extension ArraySlice: MemberContainer {
    static var elementType: Any.Type { Element.self }

    func visitElements(_ name: String, _ visitor: inout some ModuleVisitor) { visitAll(self, name, &visitor) }
}

private func visitAll<Elements: Sequence>(
    _ elements: Elements, _ name: String, _ visitor: inout some ModuleVisitor
) {
    // An earlier look at elements may have shown that there is nothing.
    if MemberKind.of(Elements.Element.self) == .none { return }
    for (index, element) in elements.enumerated() { visitMember("\(name).\(index)", element, &visitor) }
}

extension Dictionary: MemberContainer {
    static var elementType: Any.Type { Value.self }

    /// In the order of the keys, as a dictionary has none: texts, whole numbers, and enums without payload.
    func visitElements(_ name: String, _ visitor: inout some ModuleVisitor) {
        var entries: [(name: String, number: Int, value: Value)] = []
        for (key, value) in self {
            switch key {
            case let text as String: entries.append((text, 0, value))
            case let number as any BinaryInteger: entries.append(("\(number)", Int(clamping: number), value))
            default:
                let mirror = Mirror(reflecting: key)
                if mirror.displayStyle != .enum || !mirror.children.isEmpty {
                    return visitor.visitUnreachable(name, self)
                }
                entries.append(("\(key)", 0, value))
            }
        }
        for entry in entries.sorted(by: { ($0.number, $0.name) < ($1.number, $1.name) }) {
            visitMember("\(name).\(entry.name)", entry.value, &visitor)
        }
    }
}

extension Set: MemberContainer {
    static var elementType: Any.Type { Element.self }

    /// There is nothing to name the elements by.
    func visitElements(_ name: String, _ visitor: inout some ModuleVisitor) { visitor.visitUnreachable(name, self) }
}
