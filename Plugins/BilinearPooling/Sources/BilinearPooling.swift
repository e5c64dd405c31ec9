import TernCore
import TernNN

/// How the features of an image occur together: Lin, RoyChowdhury and Maji, "Bilinear CNN models for fine-grained visual
/// recognition", 2015.
///
/// `z = sum over positions of x y^T / (H * W)`, as a vector; then, unless left out, `sign(z) * sqrt(|z|)`, and that divided by its
/// length.
///
/// ```swift
/// let pooling = BilinearPooling()
/// pooling(Tensor.zeros([8, 16, 13, 17])).shape   // [8, 256]: of x with itself
/// pooling(x: Tensor.zeros([8, 16, 13, 17]), y: Tensor.zeros([8, 4, 13, 17])).shape   // [8, 64]
/// ```
///
/// Shapes, with `N` batch, `C` and `D` channels: x [N, C, H, W], y [N, D, H, W] -> [N, C * D]. The derivative of the root is finite
/// at 0: it is taken of `|z| + epsilon`.
public final class BilinearPooling: Module {
    /// Whether roots are taken, and the vector gets the length 1.
    public let isNormalized: Bool
    /// What is added to magnitudes under the root; not negative.
    public let epsilon: Double

    /// - Parameters:
    ///   - isNormalized: whether roots are taken, and the vector gets the length 1.
    ///   - epsilon: what is added to magnitudes under the root; not negative.
    public init(isNormalized: Bool = true, epsilon: Double = 1e-12) {
        if !(epsilon >= 0) { mistake("BilinearPooling", "epsilon must be at least 0, got \(epsilon)") }
        self.isNormalized = isNormalized
        self.epsilon = epsilon
    }

    /// What the module is called with.
    public struct Input {
        /// The first features, [N, C, ...].
        public var x: Tensor
        /// `x` itself if absent.
        public var y: Tensor?

        /// - Parameters:
        ///   - x: the first features.
        ///   - y: the second ones; the first again if absent.
        public init(_ x: Tensor, _ y: Tensor? = nil) { (self.x, self.y) = (x, y) }
    }

    /// Of the features of one image with each other.
    public func callAsFunction(_ x: Tensor) -> Tensor { self(Input(x)) }

    /// Of the features that two networks find in one image.
    public func callAsFunction(x: Tensor, y: Tensor) -> Tensor { self(Input(x, y)) }

    public func forward(_ input: Input) -> Tensor {
        let (x, y) = (input.x, input.y ?? input.x)
        if x.rank != 4 || y.rank != 4 || x.shape[0] != y.shape[0] || x.shape[2] != y.shape[2]
            || x.shape[3] != y.shape[3]
        {
            mistake(
                "BilinearPooling", "expects inputs [N, C, H, W] and [N, D, H, W], got \(x.shape) and \(y.shape)")
        }
        let (a, b) = (x.flattened(from: 2), y.flattened(from: 2))
        let products = matmul(a, b.transposed()) / Double(max(1, a.shape[2]))
        let z = products.flattened(from: 1)
        if !isNormalized { return z }
        return (sign(z) * sqrt(abs(z) + epsilon)).l2Normalized(axes: 1)
    }

    public var settingsDescription: String { isNormalized ? "eps=\(epsilon)" : "normalized=False" }
}

extension BilinearPooling: RebuildableModule {
    public static let blueprint = Blueprint<BilinearPooling>(
        "[N, C, H, W], [N, D, H, W] -> [N, C * D]", .init("normalized", \.isNormalized),
        .init("eps", \.epsilon, in: .fromZero), make: BilinearPooling.init)
}
