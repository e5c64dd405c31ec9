import Tern
import TernAttention
import TernTestSupport
import Testing

@Suite("Attention layers")
struct LayerTests {
    @Test(
        "multi-head attention loads PyTorch's weights, and gives its outputs, weights and gradients",
        arguments: [DType.float32, .float64])
    func attention(dtype: DType) throws {
        typealias A = MultiheadAttention
        func pair(_ output: (values: Tensor, weights: Tensor)) -> [Tensor] { [output.values, output.weights] }
        try Golden(name: "self").check(A(8, heads: 2), dtype) { pair($0.withWeights($1["x"]!, $1["x"]!)) }
        try Golden(name: "self").check(A(8, heads: 2), dtype) { [$0($1["x"]!)] }
        try Golden(name: "self batch first").check(A(8, heads: 4, bias: false, batchFirst: true), dtype) {
            [$0($1["x"]!)]
        }
        try Golden(name: "without batch").check(A(6, heads: 3), dtype) { pair($0.withWeights($1["x"]!, $1["y"]!)) }
        try Golden(name: "cross").check(
            A(8, heads: 2, keyFeatures: 5, valueFeatures: 3, batchFirst: true), dtype
        ) { [$0($1["x"]!, $1["key"]!, $1["value"]!)] }
        try Golden(name: "masks").check(A(8, heads: 2, batchFirst: true), dtype) {
            [$0($1["x"]!, $1["key"]!, mask: $1["mask"]!, keyPaddingMask: $1["padding"]!)]
        }
        try Golden(name: "masks").check(A(8, heads: 2, batchFirst: true), dtype) {
            pair($0.withWeights($1["x"]!, $1["key"]!, mask: $1["mask"]!, keyPaddingMask: $1["padding"]!))
        }
        try Golden(name: "number mask").check(A(8, heads: 2), dtype) {
            [$0($1["x"]!, mask: $1["mask"]!, keyPaddingMask: $1["padding"]!)]
        }
        let extra = { A(8, heads: 2, addsKeyAndValueBias: true, addsZeroAttention: true, batchFirst: true) }
        try Golden(name: "extra keys").check(extra(), dtype) { [$0($1["x"]!, keyPaddingMask: $1["padding"]!)] }
        try Golden(name: "extra keys").check(extra(), dtype) {
            pair($0.withWeights($1["x"]!, $1["x"]!, keyPaddingMask: $1["padding"]!))
        }
        try Golden(name: "extra keys causal").check(
            A(8, heads: 2, addsKeyAndValueBias: true, batchFirst: true), dtype
        ) { [$0($1["x"]!, isCausal: true)] }
    }

    @Test(
        "layers of encoders and decoders, and whole transformers, load PyTorch's weights and give its outputs and gradients",
        arguments: [DType.float32, .float64])
    func layers(dtype: DType) throws {
        typealias E = TransformerEncoderLayer
        typealias D = TransformerDecoderLayer
        func encoder() -> E { E(8, heads: 2, feedForwardSize: 12) }
        func decoder() -> D { D(8, heads: 2, feedForwardSize: 12) }
        func causal(_ size: Int) -> Tensor { Tensor.ones([size, size], dtype: .bool).lowerTriangle() }
        try Golden(name: "encoder layer").check(encoder(), dtype) { [$0($1["x"]!)] }
        try Golden(name: "encoder layer norm first").check(
            E(8, heads: 2, feedForwardSize: 12, activation: .gelu, batchFirst: true, normFirst: true), dtype
        ) { [$0($1["x"]!, keyPaddingMask: $1["padding"]!)] }
        try Golden(name: "encoder layer no bias").check(
            E(8, heads: 2, feedForwardSize: 12, layerNormEpsilon: 0.1, bias: false), dtype
        ) { [$0($1["x"]!, mask: causal(5))] }
        try Golden(name: "decoder layer").check(decoder(), dtype) { [$0($1["x"]!, $1["memory"]!, mask: causal(4))] }
        try Golden(name: "decoder layer norm first").check(
            D(8, heads: 2, feedForwardSize: 12, activation: .gelu, batchFirst: true, normFirst: true), dtype
        ) { [$0($1["x"]!, $1["memory"]!, memoryKeyPaddingMask: $1["padding"]!, isCausal: true)] }
        try Golden(name: "encoder").check(TransformerEncoder(2, norm: LayerNorm(8), encoder), dtype) { [$0($1["x"]!)] }
        try Golden(name: "decoder").check(TransformerDecoder(2, decoder), dtype) { [$0($1["x"]!, $1["memory"]!)] }
        try Golden(name: "transformer").check(
            Transformer(8, heads: 2, encoderLayers: 2, decoderLayers: 1, feedForwardSize: 12, batchFirst: true), dtype
        ) {
            let padding = $1["padding"]!
            return [
                $0(
                    $1["x"]!, $1["target"]!, sourceKeyPaddingMask: padding, memoryKeyPaddingMask: padding,
                    targetIsCausal: true)
            ]
        }
    }

    @Test("100 steps of training follow PyTorch's losses")
    func training() throws {
        let golden = Golden(name: "training")
        let model = Transformer(
            16, heads: 2, encoderLayers: 1, decoderLayers: 1, feedForwardSize: 32, dropout: 0, batchFirst: true)
        try model.loadStateDictionary(golden.tensors("state"))
        let optimizer = Adam(model.parameters, learningRate: 1e-3)
        let data = golden["data"]
        let losses = (0..<100).map { _ in
            let loss = mseLoss(model(data, data, targetIsCausal: true), data.flipped(axes: 1))
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
            return loss.item()
        }
        for (found, expected) in zip(losses, golden["losses"].array(of: Double.self)) {
            #expect(Swift.abs(found - expected) <= 1e-4 * expected)
        }
        #expect(losses[99] < 0.6 * losses[0])
    }

    @Test("gradients, and gradients of gradients, are those of differences")
    func gradients() throws {
        let attention = MultiheadAttention(4, heads: 2, addsKeyAndValueBias: true)
        let layer = TransformerDecoderLayer(
            4, heads: 2, feedForwardSize: 6, dropout: 0, activation: .function { tanh($0) }
        )
        for module in [attention, layer] as [any Module] { module.to(.float64) }
        let (x, memory) = (Tensor.normal([3, 2, 4], dtype: .float64), Tensor.normal([2, 2, 4], dtype: .float64))
        try checkGradient({ attention($0[0], $0[1]) }, at: [x, memory])
        try checkSecondGradient({ attention($0[0], $0[1]) }, at: [x, memory])
        try checkGradient({ layer($0[0], $0[1], isCausal: true) }, at: [x, memory])
        try checkSecondGradient({ layer($0[0], $0[1], isCausal: true) }, at: [x, memory])
    }

    @Test("dropout of weights belongs to training, and a query that sees nothing gives the output of zeros")
    func modes() {
        let attention = MultiheadAttention(4, heads: 2, dropout: 0.5, batchFirst: true)
        let x = Tensor.normal([1, 6, 4])
        #expect(attention(x) != attention(x))
        attention.eval()
        #expect(attention(x) == attention(x))
        let hidden = Tensor.ones([1, 6], dtype: .bool)
        let (values, weights) = attention.withWeights(x, x, keyPaddingMask: hidden)
        #expect(values == Tensor.zeros([1, 6, 4]) && weights == Tensor.zeros([1, 6, 6]))
        #expect(attention(x, keyPaddingMask: hidden) == values)
    }

    @Test("models print, count and list their members as PyTorch's do")
    func members() {
        let layer = TransformerEncoderLayer(8, heads: 2, feedForwardSize: 12)
        #expect(
            layer.namedParameters.map(\.name) == [
                "self_attn.in_proj_weight", "self_attn.in_proj_bias", "self_attn.out_proj.weight",
                "self_attn.out_proj.bias", "linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias",
                "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias",
            ])
        #expect(MultiheadAttention(8, heads: 2).description.hasPrefix("MultiheadAttention("))
        let captured = captureGraph(of: layer, .init(Tensor.zeros([5, 3, 8])))
        #expect(captured.description.contains("scaledDotProductAttention"))
        #expect(captured.description.contains("TransformerEncoderLayer.self_attn"))
    }

    @Test("mistakes name the shapes")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = MultiheadAttention(8, heads: 3)
        }.expectMessage("MultiheadAttention: heads must divide embeddingSize 8, got 3")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = MultiheadAttention(8, heads: 2)(Tensor.zeros([5, 3, 6]))
        }.expectMessage(
            "MultiheadAttention: MultiheadAttention: expects queries with 8 features, got query [5, 3, 6], key [5, 3, 6], value [5, 3, 6]"
        )
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = MultiheadAttention(8, heads: 2)(
                Tensor.zeros([5, 3, 8]), keyPaddingMask: Tensor.zeros([5, 3], dtype: .bool))
        }.expectMessage(
            "MultiheadAttention: MultiheadAttention: expects a keyPaddingMask of bool [3, 5], got bool [5, 3] (query [5, 3, 8], key [5, 3, 8], value [5, 3, 8])"
        )
    }
}
