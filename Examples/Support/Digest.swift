import Tern

/// SHA-256 over the bytes of all parameters, in their order: equal digests are equal weights, to the last bit.
package func digest(of model: any Module<Tensor, Tensor>) -> String {
    var sha = SHA256()
    for parameter in model.parameters { parameter.value.withUnsafeBytes { sha.update($0) } }
    return sha.finalized()
}
