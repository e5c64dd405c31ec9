/// Why some of the standard's tests do not pass.
struct Reason {
    /// The name of an operator (not where it is expanded to its definition), or that of a test without `test_`, in which a
    /// `*` stands for any letters.
    let key: String
    let text: String

    func fits(_ test: String, _ type: String) -> Bool {
        let name = test.hasPrefix("test_") ? String(test.dropFirst(5)) : test
        return key == type && !test.contains("_expanded") || Reason.fits(Array(key), Array(name))
    }

    private static func fits(_ key: [Character], _ name: [Character]) -> Bool {
        guard let first = key.first else { return name.isEmpty }
        if first == "*" { return (0...name.count).contains { fits(Array(key.dropFirst()), Array(name.dropFirst($0))) } }
        return first == name.first && fits(Array(key.dropFirst()), Array(name.dropFirst()))
    }
}

private func all(_ keys: [String], _ text: String) -> [Reason] { keys.map { Reason(key: $0, text: text) } }

let reasons: [Reason] =
    all(
        [
            "bernoulli*", "training_dropout_default", "training_dropout_default_mask", "training_dropout",
            "training_dropout_mask",
        ],
        "random numbers: those of NumPy's generator are expected")
    + all(
        [
            "cast_*FLOAT8*", "cast_*INT4*", "cast_*INT2*", "cast_*FLOAT4*", "castlike_*FLOAT8*", "castlike_*INT4*",
            "castlike_*INT2*", "castlike_*FLOAT4*", "quantizelinear_*int4", "quantizelinear_*int2",
            "quantizelinear_e*", "quantizelinear_float4*", "dequantizelinear_*int4", "dequantizelinear_*int2",
            "dequantizelinear_e*", "dequantizelinear_float4*",
        ], "Tern has no floats of 8 and 4 bits, and no integers of 4 and 2 bits")
    + all(
        [
            "StringConcat", "StringSplit", "StringNormalizer", "RegexFullMatch", "LabelEncoder", "TfIdfVectorizer",
            "equal_string*",
        ], "Tern has no tensors of texts")
    + all(
        ["Momentum", "Adam", "Adagrad"], "trains inside of a graph: Tern's optimizers do that outside")
    + all(
        ["TreeEnsemble", "Binarizer", "ArrayFeatureExtractor"], "is an operator of ai.onnx.ml, not of the standard's")
    + all(["ImageDecoder"], "reads pictures")
    + all(
        ["Attention", "LinearAttention", "CausalConvWithState", "FlexAttention", "RotaryEmbedding", "SwiGLU"],
        "is an operator of opset 23 or later")

    + all(
        ["attention_4d_causal_fp16_expanded"],
        "NumPy rounds the sums of a product of matrices to float16 at each step, and Tern adds in float32")
    + all(
        ["dft_inverse", "dft_inverse_opset19"],
        "the rounding errors of NumPy's transform in float32 are expected where the exact value is 0")
    + all(["scan_sum"], "the Scan of opset 8 has an axis of batches")
