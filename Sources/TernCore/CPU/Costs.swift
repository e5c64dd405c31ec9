/// Rough times on one core in nanoseconds, an element unless it says otherwise: they decide whether work is handed to several
/// threads, and change no bits. Measured on a Xeon with AVX-512 and rounded; a factor of two makes no difference.
enum Cost {
    static let fill = 0.1
    static let copy = 0.3
    static let convert = 0.3
    static let add = 0.2
    static let addStrided = 0.4
    static let choose = 0.4
    static let clamp = 0.3
    static let binary = 0.3
    /// What the C library computes lane by lane.
    static let lanewise = 20.0
    static let reduceAll = 0.1
    static let reduce = 0.3
    static let argument = 1.0
    static let accumulateSums = 1.0
    /// Of a sort, for each doubling of the length of its rows.
    static let sort = 0.5
    static let select = 2.0
    static let running = 1.5
    static let search = 5.0
    static let squaredError = 0.2
    static let scaledDifference = 0.3
    /// Of an element of a vector with two others.
    static let dotProducts = 0.3
    static let softmax = 1.0
    static let softmaxBackward = 0.5
    static let crossEntropy = 1.5
    static let crossEntropyBackward = 0.3
    static let connectionistTemporal = 60.0
    static let normalizeBatch = 0.3
    static let normalize = 0.2
    static let normalizeBackward = 0.4
    static let normalizeRows = 0.3
    static let normalizeRowsBackward = 0.5
    /// A value that a window visits.
    static let pool = 0.25
    /// An element of a row that is summed to, or of one that is read for that.
    static let resample = 0.3
    static let pixelOfPoint = 0.5
    static let gatherSlices = 0.3
    static let addSlices = 0.5
    static let gatherElement = 1.5
    /// Of elements that are looked at whether they are 0, and found where they are not.
    static let count = 0.1
    static let find = 0.6
    static let random = 2.0
    static let quantile = 15.0
    static let sample = 60.0
    static let dropout = 1.0
    static let update = 0.4
    static let updateInPieces = 2.0
    static let transpose = 0.3
    /// A row that takes part in a plane rotation.
    static let rotation = 0.15
    /// A root of a secular equation and one of its poles: to find the root, and to go over the poles once.
    static let secularEquation = 8.0
    static let secularPass = 2.0
    /// An element of a matrix that a Householder reflection changes.
    static let matrixPass = 0.15
    /// Multiplications and additions of a product, and of a convolution, in a nanosecond.
    static let productsPerNanosecond = 64
    static let correlationsPerNanosecond = 90
    static let quantize = 0.2
    static let quantizedProductsPerNanosecond = 128
    /// A score of attention, besides the products.
    static let score = 0.5
    /// What a short inner loop costs besides its elements, and a row that an index names.
    static let loop = 10.0
    static let row = 8.0

    static func of(_ function: UnaryFunction) -> Double {
        switch function {
        case .relu: 0.2
        case .negate, .abs, .sign, .square, .floor, .ceil, .round, .expm1, .log, .log1p, .sin, .cos, .erf, .softplus,
            .silu,
            .gelu, .geluTanh:
            0.5
        case .sqrt, .rsqrt, .reciprocal, .exp, .tanh, .sigmoid: 1
        case .trunc, .frac, .softsign, .hardSigmoid, .hardSwish: 0.3
        case .asin, .acos, .atan, .sinh, .cosh, .asinh, .acosh, .atanh, .log2, .log10, .exp2, .erfc, .logSigmoid, .mish,
            .selu, .tanhShrink:
            1
        case .tan, .erfinv, .ndtri: 3
        case .erfcx: 1
        case .lgamma, .digamma, .i0, .i0e, .i1, .i1e, .besselJ0, .besselJ1: lanewise
        }
    }

    static func of(_ function: BinaryFunction) -> Double {
        switch function {
        case .add, .subtract, .multiply, .divide, .power, .maximum, .minimum, .remainder, .floorDivide,
            .sigmoidBackward, .tanhBackward, .reluBackward, .absBackward, .siluBackward, .geluBackward,
            .geluTanhBackward, .softplusBackward, .copySign, .prelu, .softsignBackward, .hardSigmoidBackward,
            .hardSwishBackward:
            binary
        case .atan2, .hypot, .xlogy, .xlog1py, .logAddExp, .logAddExp2, .logSigmoidBackward, .mishBackward,
            .seluBackward:
            1
        case .truncatedRemainder, .zeta, .igamma, .igammac: lanewise
        }
    }

    static func of(_ function: IntegerFunction) -> Double {
        switch function {
        case .and, .or, .xor, .shiftLeft, .shiftRight: binary
        case .greatestCommonDivisor: lanewise
        }
    }

    static func of(_ function: ParameterUnaryFunction) -> Double {
        switch function {
        case .leakyRelu: 0.3
        case .hardShrink, .softShrink: 0.3
        case .elu, .celu: 1
        }
    }

    static func of(_ function: ParameterBinaryFunction) -> Double {
        switch function {
        case .leakyReluBackward, .shrinkBackward: binary
        case .eluBackward, .celuBackward: 1
        }
    }
}
