import Tern

/// Makes a trained model compute in bytes, and shows what that costs and saves: accuracy on the test data, and the size of the
/// state.
package func showQuantized(
    _ model: any Module<Tensor, Tensor>, calibrating batches: [Tensor], accuracy: () throws -> Double
) throws {
    model.eval()
    func figures(_ name: String) throws -> String {
        let bytes = model.stateDictionary().values.reduce(0) { $0 + $1.count * $1.dtype.byteCount }
        return "\(name): test accuracy \(fixed(try accuracy(), 4)), \(bytes) bytes of state"
    }
    print(try figures("float32"))
    let quantization = try quantize(model, calibrating: batches)
    print(try figures("int8"))
    for (layer, reason) in quantization.left { print("  \(layer) stays: \(reason)") }
}
