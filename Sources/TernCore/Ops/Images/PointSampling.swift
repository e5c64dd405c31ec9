/// Points of images as sums of pixels with weights, at places that are known: three operations of the pixels, the weights and
/// the points, each linear in two of them, that are each other's derivatives.
///
///     pixels [N, C, S], places [N, K, P], weights [N, K, P], points [N, C, P]
///     points[n, c, p] = sum over k of weights[n, k, p] * pixels[n, c, places[n, k, p]]
struct PointSampling: Sendable {
    private let places: Tensor
    private let size: Int

    /// - Parameters:
    ///   - places: `int32`; negative for a pixel that counts as 0.
    ///   - size: S.
    init(_ places: Tensor, size: Int) {
        self.places = places.packed
        self.size = size
    }

    func points(_ pixels: Tensor, _ weights: Tensor) -> Tensor {
        let result = Tensor(uninitialized: [pixels.shape[0], pixels.shape[1], places.shape[2]], dtype: pixels.dtype)
        pixels.backend.gatherPoints(pixels.packed, at: places, weights.packed, into: result)
        return result.output(of: "pointSampling", from: pixels, weights, places) { gradient, node in
            InputGradients(
                node.needs(0) ? self.pixels(gradient, weights) : nil,
                node.needs(1) ? self.weights(pixels, gradient) : nil)
        }
    }

    /// The derivative with respect to the pixels.
    private func pixels(_ points: Tensor, _ weights: Tensor) -> Tensor {
        let result = Tensor(uninitialized: [points.shape[0], points.shape[1], size], dtype: points.dtype)
        points.backend.scatterPoints(points.packed, at: places, weights.packed, into: result)
        return result.output(of: "pointSamplingPixels", from: points, weights, places) { upstream, node in
            InputGradients(
                node.needs(0) ? self.points(upstream, weights) : nil,
                node.needs(1) ? self.weights(upstream, points) : nil)
        }
    }

    /// That with respect to the weights.
    private func weights(_ pixels: Tensor, _ points: Tensor) -> Tensor {
        let result = Tensor(uninitialized: places.shape, dtype: pixels.dtype)
        pixels.backend.pointProducts(pixels.packed, points.packed, at: places, into: result)
        return result.output(of: "pointSamplingWeights", from: pixels, points, places) { upstream, node in
            InputGradients(
                node.needs(0) ? self.pixels(points, upstream) : nil,
                node.needs(1) ? self.points(pixels, upstream) : nil)
        }
    }
}
