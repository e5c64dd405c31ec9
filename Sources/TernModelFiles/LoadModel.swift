import TernCore
import TernNN

/// Writes a model with its layers and values to one file, see ``ModelFile``.
///
/// - Parameters:
///   - model: of modules that are `RebuildableModule`s.
///   - path: of the file.
///   - metadata: notes of your own.
/// - Throws: ``ModelFileError``; a file that was at `path` is then as it was.
public func saveModel(
    _ model: any Module, to path: String, metadata: [String: String] = [:]
) throws(ModelFileError) {
    try ModelFile(model, metadata: metadata).write(to: path)
}

/// The model in a file that ``saveModel(_:to:metadata:)`` wrote, from one tensor to one tensor.
///
/// - Parameters:
///   - path: of the file.
///   - catalogue: what the file may have: the layers of Tern and those that the program has registered.
/// - Throws: ``ModelFileError``.
public func loadModel(
    _ path: String, catalogue: Catalogue = .all
) throws(ModelFileError) -> any Module<Tensor, Tensor> {
    try loadModel(path, as: (any Module<Tensor, Tensor>).self, catalogue: catalogue)
}

/// The model in a file, of a type that you name: that of its class, or what all it may be have in common.
///
/// ```swift
/// let model = try loadModel("translation.safetensors", as: Transformer.self)
/// ```
public func loadModel<Model>(
    _ path: String, as kind: Model.Type, catalogue: Catalogue = .all
) throws(ModelFileError) -> Model {
    let model = try ModelFile(contentsOf: path).makeModel(catalogue)
    guard let model = model as? Model else { throw .kind(file: path, expected: "\(kind)", found: "\(type(of: model))") }
    return model
}
