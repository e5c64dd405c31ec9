import Tern

extension OpTable {
    mutating func addMoreActivations() {
        let suffixes = ["", "special", "slope"]
        one("logSigmoid", suffixes) { logSigmoid($0) }
        one("softsign", suffixes) { softsign($0) }
        one("mish", suffixes) { mish($0) }
        one("quickGelu", suffixes) { quickGelu($0) }
        one("hardSigmoid", ["", "special"]) { hardSigmoid($0) }
        one("hardSwish", suffixes) { hardSwish($0) }
        one("hardTanh", suffixes) { hardTanh($0) }
        one("hardTanh-bounds", suffixes) { hardTanh($0, min: -0.75, max: 1.875) }
        one("relu6", suffixes) { relu6($0) }
        one("selu", suffixes) { selu($0) }
        one("celu", suffixes) { celu($0) }
        one("squareplus", ["", "special"]) { squareplus($0) }
        one("sparsePlus", ["", "special"]) { sparsePlus($0) }
        one("sparseSigmoid", ["", "special"]) { sparseSigmoid($0) }
        one("sparsemax", ["", "one"]) { sparsemax($0, axis: 1) }
        one("sparsemax-0") { sparsemax($0, axis: 0) }
        one("celu-0.7", suffixes) { celu($0, alpha: 0.7) }
        one("threshold", suffixes) { threshold($0, 0.3, -2) }
        one("softshrink", suffixes) { softshrink($0) }
        one("softshrink-1", suffixes) { softshrink($0, bound: 1) }
        one("hardshrink", suffixes) { hardshrink($0) }
        one("hardshrink-1", suffixes) { hardshrink($0, bound: 1) }
        one("tanhshrink", suffixes) { tanhshrink($0) }
        one("softplus-beta", suffixes) { softplus($0, beta: 2.5) }
        one("rrelu", suffixes) { rrelu($0) }
        two("prelu", ["", "shared", "matrix", "zero"]) { prelu($0, $1) }
        one("glu") { glu($0) }
        one("glu-0") { glu($0, axis: 0) }
        one("swiGLU") { swiGLU($0) }
        one("geGLU") { geGLU($0) }
        one("softmin") { softmin($0, axis: 1) }
    }
}
