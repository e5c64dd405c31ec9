import TernData
import TernNN

/// SHA-256 over the bytes of all parameters, in their order: equal digests are equal weights, to the last bit.
///
/// - Parameter model: parameters that have no value yet are left out.
public func digest(of model: any Module) -> String {
    var sha = SHA256()
    for parameter in model.parameters where parameter.hasValue { parameter.value.withUnsafeBytes { sha.update($0) } }
    return sha.finalized()
}
