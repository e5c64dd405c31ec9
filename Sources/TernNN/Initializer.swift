import TernCore

/// How the first value of a parameter is made, as a value: `Linear(784, 10, weightInitializer: .xavierUniform())`.
///
/// ```swift
/// let weight = Initializer.kaimingNormal()([120, 400])
/// let mine = Initializer { request in Tensor.full(request.shape, 0.1, dtype: request.dtype) }
/// ```
public struct Initializer: Sendable {
    /// What is asked for.
    public struct Request {
        /// Of the value to make.
        public var shape: Shape
        /// Of the value to make.
        public var dtype: DType
        /// Where random numbers come from.
        public var generator: Generator
        var givenFans: Fans?

        /// The fans that were given, or else those of the shape.
        public var fans: Fans { givenFans ?? Fans(of: shape) }

        func uniform(_ low: Double, _ high: Double) -> Tensor {
            Tensor.uniform(shape, in: low..<high, dtype: dtype, generator: generator)
        }

        func normal(_ mean: Double, _ standardDeviation: Double) -> Tensor {
            Tensor.normal(
                shape, mean: mean, standardDeviation: standardDeviation, dtype: dtype, generator: generator)
        }
    }

    private let make: @Sendable (Request) -> Tensor

    /// - Parameter make: gives a value of the request's shape and type.
    public init(_ make: @escaping @Sendable (Request) -> Tensor) { self.make = make }

    /// A new value.
    ///
    /// - Parameters:
    ///   - shape: of the value.
    ///   - fans: those of the shape, unless given; a bias takes those of its weight.
    ///   - dtype: a floating-point type.
    ///   - generator: the thread's default one, unless given.
    public func callAsFunction(
        _ shape: Shape, fans: Fans? = nil, dtype: DType = .float32, generator: Generator = .default
    ) -> Tensor {
        // A value that a file will replace takes no memory.
        if Outline.isBeingMade { return Tensor.zeros([], dtype: dtype).expanded(to: shape) }
        return withoutGradients { make(Request(shape: shape, dtype: dtype, generator: generator, givenFans: fans)) }
    }
}

/// How many inputs an output of a layer is computed from, and how many outputs an input goes to.
public struct Fans: Sendable, Equatable {
    /// How many inputs an output is computed from.
    public var fanIn: Int
    /// How many outputs an input goes to.
    public var fanOut: Int

    /// - Parameters:
    ///   - fanIn: how many inputs an output is computed from.
    ///   - fanOut: how many outputs an input goes to.
    public init(fanIn: Int, fanOut: Int) {
        self.fanIn = fanIn
        self.fanOut = fanOut
    }

    /// The fans of a weight of shape [outputs, inputs, kernel...].
    public init(of shape: Shape) {
        if shape.count < 2 {
            mistake("Fans", "expects a weight of shape [outputs, inputs, ...], got \(shape)")
        }
        // Of a shape that a tensor can have, products do not overflow; a file can claim any shape.
        if !Outline.isBeingMade { _ = shape.checkedElements }
        let kernel = shape.dropFirst(2).reduce(1, &*)
        self.init(fanIn: shape[1] &* kernel, fanOut: shape[0] &* kernel)
    }

    /// Which of them decides the scale.
    public enum Mode: Sendable {
        /// Keeps the variance of activations.
        case fanIn
        /// Keeps the variance of gradients.
        case fanOut
        /// The mean of both.
        case average
    }

    /// The number that a mode asks for.
    public func value(_ mode: Mode) -> Double {
        switch mode {
        case .fanIn: Double(fanIn)
        case .fanOut: Double(fanOut)
        case .average: Double(fanIn + fanOut) / 2
        }
    }
}

/// By how much an activation shrinks the scale of what passes it, and weights are to make up for. PyTorch's
/// `calculate_gain`.
public struct Gain: Sendable, Equatable {
    /// The factor of the standard deviation.
    public var value: Double

    /// - Parameter value: the factor of the standard deviation.
    public init(_ value: Double) { self.value = value }

    /// 1: no activation.
    public static let linear = Gain(1)
    /// 1.
    public static let sigmoid = Gain(1)
    /// 5/3.
    public static let tanh = Gain(5.0 / 3)
    /// The root of 2, as half of the inputs becomes 0.
    public static let relu = Gain(2.0.squareRoot())
    /// 3/4.
    public static let selu = Gain(0.75)
    /// `sqrt(2 / (1 + slope^2))`.
    public static func leakyRelu(_ slope: Double = 0.01) -> Gain { Gain((2 / (1 + slope * slope)).squareRoot()) }
}

// MARK: - Constants

extension Initializer {
    /// Zeros.
    public static let zeros = constant(0)
    /// Ones.
    public static let ones = constant(1)
    /// One number for all elements.
    public static func constant(_ value: Double) -> Initializer {
        Initializer { Tensor.full($0.shape, value, dtype: $0.dtype) }
    }
}

// MARK: - Random values

extension Initializer {
    /// The uniform distribution on [low, high).
    public static func uniform(_ low: Double = 0, _ high: Double = 1) -> Initializer {
        Initializer { $0.uniform(low, high) }
    }

    /// A normal distribution.
    public static func normal(mean: Double = 0, standardDeviation: Double = 1) -> Initializer {
        Initializer { $0.normal(mean, standardDeviation) }
    }

    /// A normal distribution cut off at `bound` standard deviations from the mean, as TensorFlow's `truncated_normal`.
    public static func truncatedNormal(
        mean: Double = 0, standardDeviation: Double = 1, bound: Double = 2
    ) -> Initializer {
        if !(bound > 0) { mistake("truncatedNormal", "bound must be positive, got \(bound)") }
        return Initializer { request in
            Tensor.truncatedNormal(
                request.shape, mean: mean, standardDeviation: standardDeviation, bounds: -bound...bound,
                dtype: request.dtype, generator: request.generator)
        }
    }

    /// Uniform with standard deviation `gain / sqrt(fan)`: He et al., "Delving deep into rectifiers", 2015. PyTorch's
    /// `kaiming_uniform_`.
    public static func kaimingUniform(_ mode: Fans.Mode = .fanIn, gain: Gain = .relu) -> Initializer {
        Initializer { request in
            let bound = gain.value * (3 / request.fans.value(mode)).squareRoot()
            return request.uniform(-bound, bound)
        }
    }

    /// Normal with standard deviation `gain / sqrt(fan)`. PyTorch's `kaiming_normal_`.
    public static func kaimingNormal(_ mode: Fans.Mode = .fanIn, gain: Gain = .relu) -> Initializer {
        Initializer { $0.normal(0, gain.value / $0.fans.value(mode).squareRoot()) }
    }

    /// Uniform with standard deviation `gain * sqrt(2 / (fanIn + fanOut))`: Glorot and Bengio, "Understanding the
    /// difficulty of training deep feedforward neural networks", 2010. PyTorch's `xavier_uniform_`.
    public static func xavierUniform(gain: Gain = .linear) -> Initializer { kaimingUniform(.average, gain: gain) }

    /// Normal with standard deviation `gain * sqrt(2 / (fanIn + fanOut))`. PyTorch's `xavier_normal_`.
    public static func xavierNormal(gain: Gain = .linear) -> Initializer { kaimingNormal(.average, gain: gain) }

    /// Uniform with standard deviation `1 / sqrt(fanIn)`: LeCun et al., "Efficient backprop", 1998.
    public static func lecunUniform() -> Initializer { kaimingUniform(gain: .linear) }

    /// Normal with standard deviation `1 / sqrt(fanIn)`.
    public static func lecunNormal() -> Initializer { kaimingNormal(gain: .linear) }

    /// Uniform between -1 / sqrt(fanIn) and 1 / sqrt(fanIn): what PyTorch's layers take for weights and, with the fans of
    /// the weight, for biases.
    public static let layerDefault = kaimingUniform(gain: .leakyRelu(5.0.squareRoot()))

    /// A matrix [first size, product of the others] whose rows, or columns if there are fewer, are orthonormal, times
    /// `gain`: Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013.
    /// PyTorch's `orthogonal_`.
    public static func orthogonal(gain: Gain = .linear) -> Initializer {
        Initializer { request in
            if request.shape.count < 2 {
                mistake("orthogonal", "expects a shape of two axes or more, got \(request.shape)")
            }
            let rows = request.shape[0]
            let columns = request.shape.dropFirst().reduce(1, *)
            let (count, length) = (Swift.min(rows, columns), Swift.max(rows, columns))
            let vectors = orthonormal(count, length, request)
            var values = [Double](repeating: 0, count: rows * columns)
            for vector in 0..<count {
                for index in 0..<length {
                    let place = rows <= columns ? vector * columns + index : index * columns + vector
                    values[place] = gain.value * vectors[vector][index]
                }
            }
            return Tensor(shape: request.shape, values: values).converted(to: request.dtype)
        }
    }

    /// `count` orthonormal vectors in a random direction, by Gram and Schmidt; the projection is done twice, as once
    /// loses digits.
    private static func orthonormal(_ count: Int, _ length: Int, _ request: Request) -> [[Double]] {
        var all = request
        all.shape = [count * length]
        all.dtype = .float64
        let random = all.normal(0, 1).array(of: Double.self)
        var vectors: [[Double]] = []
        for row in 0..<count {
            var vector = Array(random[row * length..<(row + 1) * length])
            for other in vectors + vectors {
                let overlap = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                for index in vector.indices { vector[index] -= overlap * other[index] }
            }
            let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            vectors.append(vector.map { $0 / norm })
        }
        return vectors
    }
}
