import TernCore
import TernNN
import TernTesting
import Testing

/// What layers with any settings must do: have these members, show them as reflection does, save and load, convert, have modes
/// and freeze. The table of all layers checks the rest.
///
/// - Parameters:
///   - make: a new layer; each call gives other random parameters, if there are any.
///   - parameters: the expected names and shapes, in order.
///   - buffers: the same.
func checkModule(
    _ make: @escaping () -> any Module<Tensor, Tensor>, input: Tensor, parameters: [(String, Shape)] = [],
    buffers: [(String, Shape)] = [], sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let layer = make()
    _ = layer(input)
    #expect(layer.namedParameters.map(\.name) == parameters.map(\.0), sourceLocation: sourceLocation)
    #expect(layer.parameters.map(\.shape) == parameters.map(\.1), sourceLocation: sourceLocation)
    #expect(layer.namedBuffers.map(\.name) == buffers.map(\.0), sourceLocation: sourceLocation)
    #expect(layer.buffers.map(\.shape) == buffers.map(\.1), sourceLocation: sourceLocation)

    let checks: Set<LayerCheck> = [
        .names, .shapes, .floatTypes, .modes, .lazyShapes, .saveAndLoad, .freezing, .summary,
    ]
    let others = LayerCheck.allCases.filter { !checks.contains($0) }
    try checkLayer(
        making: make, input, except: Dictionary(uniqueKeysWithValues: others.map { ($0, "the table has a row for it") })
    )
}
