import TernCore

/// What a module holds in a way that gives it no name: in an object that is no module, in a set, or in a dictionary whose
/// keys are no names. Left alone, it would neither be trained nor saved, and nobody would notice.
struct UnreachableMembers {
    let owner: any Module
    /// The path of the property.
    let path: String
    let holder: Any

    /// Stops if the holder has a member that is none of the model's.
    ///
    /// It may well refer to others: to those that stand elsewhere in the model, to the model itself or what is around it,
    /// and to parameters that an optimizer has.
    func stopIfLost(in root: any Module) {
        var found = Finds()
        if let container = holder as? any Collection {
            for element in container { visitMember("", element, &found) }
        } else if visitProperties(of: Mirror(reflecting: holder), "", &found) {
            MemberKind.remember(.plainObject, type(of: holder))
        }
        if found.members.isEmpty { return }
        let reachable = root.membersBelow
        let lost = found.members.first { member, kind in
            if reachable.contains(ObjectIdentifier(member)) || (member as? Parameter)?.isOptimized == true {
                return false
            }
            return !((member as? any Module)?.membersBelow.contains(ObjectIdentifier(owner)) ?? false)
        }
        guard let lost else { return }
        let reason =
            holder is any Collection
            ? "the elements of \(type(of: holder)) have no names" : "\(type(of: holder)) is a class, but no Module"
        mistake(
            "\(root.pathName).\(path)",
            "holds a \(lost.kind) where it cannot be found, so that it would neither be trained nor saved: \(reason). "
                + "Members can be in modules, structs, tuples, enums, arrays and dictionaries with names as keys")
    }
}

/// Gathers members, whatever their names.
private struct Finds: ModuleVisitor {
    var members: [(member: AnyObject, kind: String)] = []

    mutating func visit(_ name: String, _ parameter: Parameter) { members.append((parameter, "parameter")) }
    mutating func visit(_ name: String, _ buffer: Buffer) { members.append((buffer, "buffer")) }
    mutating func visit(_ name: String, _ module: any Module) { members.append((module, "module")) }
}

extension Module {
    /// This module and all that can be found below it.
    fileprivate var membersBelow: Set<ObjectIdentifier> {
        var result: Set<ObjectIdentifier> = []
        walk(unique: true, stopsForLostMembers: false) { _, module, members in
            result.insert(ObjectIdentifier(module))
            result.formUnion(members.parameters.map { ObjectIdentifier($0.parameter) })
            result.formUnion(members.buffers.map { ObjectIdentifier($0.buffer) })
        }
        return result
    }
}
