import TernCore
import TernNN
import Testing

/// What every layer must do: explicit registration that agrees with reflection, names and their order, saving and
/// loading, conversion, modes, freezing and a call that trains.
///
/// - Parameters:
///   - make: a new layer; each call gives other random parameters, if there are any.
///   - parameters: the expected names and shapes, in order.
///   - buffers: the same.
///   - names: how the state dictionary calls properties that have another name.
func checkModule<Layer: Module<Tensor, Tensor>>(
    _ make: () -> Layer, input: Tensor, parameters: [(String, Shape)] = [], buffers: [(String, Shape)] = [],
    names: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let layer = make()
    _ = layer(input)
    #expect(layer.namedParameters.map(\.name) == parameters.map(\.0), sourceLocation: sourceLocation)
    #expect(layer.parameters.map(\.shape) == parameters.map(\.1), sourceLocation: sourceLocation)
    #expect(layer.namedBuffers.map(\.name) == buffers.map(\.0), sourceLocation: sourceLocation)
    #expect(layer.buffers.map(\.shape) == buffers.map(\.1), sourceLocation: sourceLocation)

    // Both ways of registration show the same members in the same order.
    let reflected = MemberNames { visitReflected(layer, &$0) }.members.map { name, id in (names[name] ?? name, id) }
    let explicit = MemberNames { layer.visitMembers(&$0) }.members
    #expect(reflected.map(\.0) == explicit.map(\.0), sourceLocation: sourceLocation)
    #expect(reflected.map(\.1) == explicit.map(\.1), sourceLocation: sourceLocation)

    // Another instance computes the same once it has the state.
    let other = make()
    try other.loadStateDictionary(layer.stateDictionary())
    layer.eval()
    other.eval()
    #expect(other(input).closeOrBothNaN(layer(input)), sourceLocation: sourceLocation)

    // Conversion keeps parameters, and the layer computes in the new type.
    other.to(.float64)
    #expect(other.parameters.allSatisfy { $0.dtype == .float64 }, sourceLocation: sourceLocation)
    #expect(other(input.converted(to: .float64)).dtype == .float64, sourceLocation: sourceLocation)

    layer.train()
    let modal = layer.modules.compactMap { $0 as? any ModeDependent }
    #expect(modal.allSatisfy { $0.isTraining }, sourceLocation: sourceLocation)
    layer.freeze()
    #expect(!layer(input).requiresGradient, sourceLocation: sourceLocation)
    layer.unfreeze()
    if !parameters.isEmpty {
        let output = layer(input)
        output.backward(Tensor.ones(like: output))
        #expect(layer.parameters.allSatisfy { $0.gradient?.shape == $0.shape }, sourceLocation: sourceLocation)
    }
}

/// A module whose registry is that of reflection for another one.
private func visitReflected(_ layer: any Module, _ visitor: inout MemberNames) {
    visitReflectedMembers(of: layer, &visitor)
}

private struct MemberNames: ModuleVisitor {
    var members: [(String, ObjectIdentifier)] = []

    init(_ visit: (inout MemberNames) -> Void) { visit(&self) }

    mutating func visit(_ name: String, _ parameter: Parameter) { members.append((name, ObjectIdentifier(parameter))) }
    mutating func visit(_ name: String, _ buffer: Buffer) { members.append((name, ObjectIdentifier(buffer))) }
    mutating func visit(_ name: String, _ module: any Module) { members.append((name, ObjectIdentifier(module))) }
}

extension Tensor {
    fileprivate func closeOrBothNaN(_ other: Tensor) -> Bool {
        shape == other.shape
            && zip(array(of: Float.self), other.array(of: Float.self)).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
    }
}
