import TernCore
import TernNN

/// A row of a table for each id: `result[..., d] = weight[ids[...], d]`. PyTorch's and Keras's `Embedding`.
///
/// ```swift
/// Embedding(10_000, 128)(Tensor([3, 1, 4], dtype: .int64)).shape   // [3, 128]
/// ```
///
/// Shapes: ids of any shape [...], integers from 0 up to `N` -> [..., D]; `weight` [N, D], of the standard normal distribution at
/// first (Keras: uniform in -0.05...0.05), but the row of the padding index is 0.
public final class Embedding: Module {
    /// A row for each id, [count, features].
    public let weight: Parameter
    /// An id whose row gets no gradient, counted from the start.
    public let paddingIndex: Int?
    /// Rows that are longer are cut to this length, in the weight itself, before they are read.
    public let maximumNorm: Double?
    /// The p of the rows' length.
    public let normType: Double
    /// Whether the gradient of a row is divided by its occurrences.
    public let scalesGradientByFrequency: Bool

    /// - Parameters:
    ///   - count: how many ids there are.
    ///   - features: how long a row is.
    ///   - paddingIndex: an id whose row is 0 at first and gets no gradient; from the end if negative.
    ///   - maximumNorm: rows that are longer are cut to this length, in the weight itself, before they are read.
    ///   - normType: the p of that length.
    ///   - scalesGradientByFrequency: whether the gradient of a row is divided by its occurrences.
    ///   - weightInitializer: makes the first weight.
    public init(
        _ count: Int, _ features: Int, paddingIndex: Int? = nil, maximumNorm: Double? = nil, normType: Double = 2,
        scalesGradientByFrequency: Bool = false, weightInitializer: Initializer = .normal()
    ) {
        weight = table(count, features, paddingIndex, weightInitializer, "Embedding")
        self.paddingIndex = paddingIndex.map { $0 < 0 ? $0 + count : $0 }
        self.maximumNorm = maximumNorm
        self.normType = normType
        self.scalesGradientByFrequency = scalesGradientByFrequency
    }

    public func forward(_ ids: Tensor) -> Tensor {
        if let maximumNorm { weight.limitRows(ids, maximumNorm, normType) }
        return embedding(
            ids, weight.value, paddingIndex: paddingIndex, scalesGradientByFrequency: scalesGradientByFrequency)
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) { visitor.visit("weight", weight) }

    public var settingsDescription: String {
        "\(weight.shape[0]), \(weight.shape[1])" + (paddingIndex.map { ", padding_idx=\($0)" } ?? "")
            + (maximumNorm.map { ", max_norm=\($0)" } ?? "") + (normType == 2 ? "" : ", norm_type=\(normType)")
            + (scalesGradientByFrequency ? ", scale_grad_by_freq=True" : "")
    }
}

/// One row for each bag of ids: the sum, mean or largest elements of their rows in a table, which are never all in memory as a
/// tensor [B, K, D] of the user's. PyTorch's `EmbeddingBag`.
///
/// Shapes: ids [B, K] -> [B, D]; with offsets, `bag(ids, offsets: offsets)`, ids [T] -> [B, D]. `weight` [N, D], of the standard
/// normal distribution at first, but the row of the padding index is 0.
public final class EmbeddingBag: Module {
    /// A row for each id, [count, features].
    public let weight: Parameter
    /// How the rows of a bag become one.
    public let mode: EmbeddingBagMode
    /// An id that counts as absent, counted from the start.
    public let paddingIndex: Int?
    /// Rows that are longer are cut to this length, in the weight itself, before they are read.
    public let maximumNorm: Double?
    /// The p of the rows' length.
    public let normType: Double
    /// Whether the last offset says where the last bag ends.
    public let includesLastOffset: Bool

    /// - Parameters:
    ///   - count: how many ids there are.
    ///   - features: how long a row is.
    ///   - mode: how the rows of a bag become one.
    ///   - paddingIndex: an id that counts as absent; from the end if negative.
    ///   - maximumNorm: rows that are longer are cut to this length, in the weight itself, before they are read.
    ///   - normType: the p of that length.
    ///   - includesLastOffset: whether the last offset says where the last bag ends.
    ///   - weightInitializer: makes the first weight.
    public init(
        _ count: Int, _ features: Int, mode: EmbeddingBagMode = .mean, paddingIndex: Int? = nil,
        maximumNorm: Double? = nil, normType: Double = 2, includesLastOffset: Bool = false,
        weightInitializer: Initializer = .normal()
    ) {
        weight = table(count, features, paddingIndex, weightInitializer, "EmbeddingBag")
        self.mode = mode
        self.paddingIndex = paddingIndex.map { $0 < 0 ? $0 + count : $0 }
        self.maximumNorm = maximumNorm
        self.normType = normType
        self.includesLastOffset = includesLastOffset
    }

    /// What the module is called with, see ``callAsFunction(_:offsets:perSampleWeights:)``.
    public struct Input {
        /// [B, K], or [T] with offsets.
        public var ids: Tensor
        /// Where in `ids` each bag begins, [B]; the bags are the rows of `ids` without.
        public var offsets: Tensor?
        /// A factor for each id, of its shape.
        public var perSampleWeights: Tensor?

        /// - Parameters:
        ///   - ids: [B, K], or [T] with offsets.
        ///   - offsets: where in `ids` each bag begins, [B].
        ///   - perSampleWeights: a factor for each id, of its shape.
        public init(_ ids: Tensor, offsets: Tensor? = nil, perSampleWeights: Tensor? = nil) {
            self.ids = ids
            self.offsets = offsets
            self.perSampleWeights = perSampleWeights
        }
    }

    public func forward(_ input: Input) -> Tensor {
        if let maximumNorm { weight.limitRows(input.ids, maximumNorm, normType) }
        return embeddingBag(
            input.ids, weight.value, offsets: input.offsets, mode: mode, perSampleWeights: input.perSampleWeights,
            paddingIndex: paddingIndex, includesLastOffset: includesLastOffset)
    }

    /// The bags of ids [T] that begin at offsets [B], or of [B, K] without; each row times a factor if there are weights.
    public func callAsFunction(_ ids: Tensor, offsets: Tensor? = nil, perSampleWeights: Tensor? = nil) -> Tensor {
        self(Input(ids, offsets: offsets, perSampleWeights: perSampleWeights))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) { visitor.visit("weight", weight) }

    public var settingsDescription: String {
        "\(weight.shape[0]), \(weight.shape[1])" + (maximumNorm.map { ", max_norm=\($0)" } ?? "")
            + (normType == 2 ? "" : ", norm_type=\(normType)") + ", mode='\(mode)'"
            + (paddingIndex.map { ", padding_idx=\($0)" } ?? "")
            + (includesLastOffset ? ", include_last_offset=True" : "")
    }
}

private func table(
    _ count: Int, _ features: Int, _ padding: Int?, _ initializer: Initializer, _ layer: String
) -> Parameter {
    checkPositive(count, "count", layer)
    checkPositive(features, "features", layer)
    let weight = Parameter([count, features], initializer)
    if let padding {
        if padding >= count || padding < -count {
            mistake(layer, "paddingIndex must be in \(-count)..<\(count), got \(padding)")
        }
        if !weight.hasValue { return weight }
        let isPadding = Tensor.arange(count).equal(to: padding < 0 ? padding + count : padding)
        weight.value = which(isPadding.unsqueezed(axes: 1), 0, weight.value.detached)
    }
    return weight
}

extension Parameter {
    /// Cuts the rows at `ids` that are longer than `limit` to it, as PyTorch's `embedding_renorm_`.
    fileprivate func limitRows(_ ids: Tensor, _ limit: Double, _ p: Double) {
        let places = withoutGradients { () -> Tensor? in
            let norms = value.detached.selected(ids.flattened()).norm(p, axes: 1)
            return norms.greater(than: limit).any().item() > 0 ? ids.flattened() : nil
        }
        guard let places else { return }
        update { weight in
            let isRead = Tensor.zeros([weight.shape[0]]).indexAdded(Tensor.ones(places.shape), at: places) .> 0
            let norms = weight.norm(p, axes: 1, keepAxes: true)
            let isLong = (norms .> limit).logicalAnd(isRead.unsqueezed(axes: 1))
            weight = which(isLong, weight * (limit / (norms + 1e-7)), weight)
        }
    }
}

extension Embedding: RebuildableModule {
    public static let blueprint = Blueprint<Embedding>(
        "[...] ids -> [..., features]", .init("num_embeddings", \.weight.shape[0], in: .sizes),
        .init("embedding_dim", \.weight.shape[1], in: .sizes), .init("padding_idx", \.paddingIndex, in: .sizesFromZero),
        .init("max_norm", \.maximumNorm), .init("norm_type", \.normType),
        .init("scale_grad_by_freq", \.scalesGradientByFrequency),
        make: { count, features, padding, norm, type, last in
            if let padding, padding >= count {
                throw ConfigurationError("padding_idx must be below \(count), got \(padding)")
            }
            return Embedding(
                count, features, paddingIndex: padding, maximumNorm: norm, normType: type,
                scalesGradientByFrequency: last)
        })
}

extension EmbeddingBag: RebuildableModule {
    public static let blueprint = Blueprint<EmbeddingBag>(
        "[B, K] ids -> [B, features]", .init("num_embeddings", \.weight.shape[0], in: .sizes),
        .init("embedding_dim", \.weight.shape[1], in: .sizes), .init("padding_idx", \.paddingIndex, in: .sizesFromZero),
        .init("max_norm", \.maximumNorm), .init("norm_type", \.normType),
        .init("include_last_offset", \.includesLastOffset), .init("mode", \.mode),
        make: { count, features, padding, norm, type, last, mode in
            if let padding, padding >= count {
                throw ConfigurationError("padding_idx must be below \(count), got \(padding)")
            }
            return EmbeddingBag(
                count, features, mode: mode, paddingIndex: padding, maximumNorm: norm, normType: type,
                includesLastOffset: last)
        })
}
