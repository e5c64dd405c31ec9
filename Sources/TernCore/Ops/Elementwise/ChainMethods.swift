// Functions of one tensor as methods, for chains: `x.abs().sqrt()` is `sqrt(abs(x))`. One line each; the functions of these
// names tell what they compute. In an extension of `Tensor` the function is written with its module: `TernCore.abs(x)`.

extension Tensor {
    /// `|x|`, see ``TernCore/abs(_:)``.
    public func abs() -> Tensor { TernCore.abs(self) }
    /// -1, 0 or 1, see ``TernCore/sign(_:)``.
    public func sign() -> Tensor { TernCore.sign(self) }
    /// `x * x`, see ``TernCore/square(_:)``.
    public func square() -> Tensor { TernCore.square(self) }
    /// `1 / x`, see ``TernCore/reciprocal(_:)``.
    public consuming func reciprocal() -> Tensor { TernCore.reciprocal(self) }
    /// The square root, see ``TernCore/sqrt(_:)``.
    public consuming func sqrt() -> Tensor { TernCore.sqrt(self) }
    /// `1 / sqrt(x)`, see ``TernCore/rsqrt(_:)``.
    public consuming func rsqrt() -> Tensor { TernCore.rsqrt(self) }
    /// A power, see ``TernCore/pow(_:_:)-(Tensor,Tensor)``.
    public func pow(_ exponent: Tensor) -> Tensor { TernCore.pow(self, exponent) }
    /// Each element to the power of a number, see ``WeakScalar``.
    public func pow(_ exponent: some WeakScalar) -> Tensor { TernCore.pow(self, exponent) }
    /// `e^x`, see ``TernCore/exp(_:)``.
    public consuming func exp() -> Tensor { TernCore.exp(self) }
    /// `e^x - 1`, see ``TernCore/expm1(_:)``.
    public consuming func expm1() -> Tensor { TernCore.expm1(self) }
    /// The natural logarithm, see ``TernCore/log(_:)``.
    public func log() -> Tensor { TernCore.log(self) }
    /// `log(1 + x)`, see ``TernCore/log1p(_:)``.
    public func log1p() -> Tensor { TernCore.log1p(self) }
    /// The sine, see ``TernCore/sin(_:)``.
    public func sin() -> Tensor { TernCore.sin(self) }
    /// The cosine, see ``TernCore/cos(_:)``.
    public func cos() -> Tensor { TernCore.cos(self) }
    /// The hyperbolic tangent, see ``TernCore/tanh(_:)``.
    public consuming func tanh() -> Tensor { TernCore.tanh(self) }
    /// The error function, see ``TernCore/erf(_:)``.
    public func erf() -> Tensor { TernCore.erf(self) }
    /// Rounded down, see ``TernCore/floor(_:)``.
    public func floor() -> Tensor { TernCore.floor(self) }
    /// Rounded up, see ``TernCore/ceil(_:)``.
    public func ceil() -> Tensor { TernCore.ceil(self) }
    /// Rounded to the nearest, see ``TernCore/round(_:)``.
    public func round() -> Tensor { TernCore.round(self) }
    /// Between two bounds, see ``TernCore/clamp(_:min:max:)-(_,WeakScalar,_)``.
    public func clamp(min low: some WeakScalar, max high: some WeakScalar) -> Tensor {
        TernCore.clamp(self, min: low, max: high)
    }
    /// Elements below `low` become `low`.
    public func clamp(min low: some WeakScalar) -> Tensor { TernCore.clamp(self, min: low) }
    /// Elements above `high` become `high`.
    public func clamp(max high: some WeakScalar) -> Tensor { TernCore.clamp(self, max: high) }
    /// Elements between those of two tensors, broadcast.
    public func clamp(min low: Tensor, max high: Tensor) -> Tensor { TernCore.clamp(self, min: low, max: high) }
    /// The larger one of each element and that of `low`, broadcast.
    public func clamp(min low: Tensor) -> Tensor { TernCore.clamp(self, min: low) }
    /// The smaller one of each element and that of `high`, broadcast.
    public func clamp(max high: Tensor) -> Tensor { TernCore.clamp(self, max: high) }
    /// `max(x, 0)`, see ``TernCore/relu(_:)``.
    public consuming func relu() -> Tensor { TernCore.relu(self) }
    /// The logistic function, see ``TernCore/sigmoid(_:)``.
    public consuming func sigmoid() -> Tensor { TernCore.sigmoid(self) }
    /// `x * sigmoid(x)`, see ``TernCore/silu(_:)``.
    public func silu() -> Tensor { TernCore.silu(self) }
    /// `log(1 + e^x)`, see ``TernCore/softplus(_:beta:)``.
    public func softplus() -> Tensor { TernCore.softplus(self) }
    /// `x * Phi(x)`, see ``TernCore/gelu(_:approximation:)``.
    public func gelu(approximation: GELUApproximation = .none) -> Tensor {
        TernCore.gelu(self, approximation: approximation)
    }
    /// The tangent, see ``TernCore/tan(_:)``.
    public consuming func tan() -> Tensor { TernCore.tan(self) }
    /// The inverse sine, see ``TernCore/asin(_:)``.
    public func asin() -> Tensor { TernCore.asin(self) }
    /// The inverse cosine, see ``TernCore/acos(_:)``.
    public func acos() -> Tensor { TernCore.acos(self) }
    /// The inverse tangent, see ``TernCore/atan(_:)``.
    public func atan() -> Tensor { TernCore.atan(self) }
    /// The hyperbolic sine, see ``TernCore/sinh(_:)``.
    public func sinh() -> Tensor { TernCore.sinh(self) }
    /// The hyperbolic cosine, see ``TernCore/cosh(_:)``.
    public func cosh() -> Tensor { TernCore.cosh(self) }
    /// The inverse hyperbolic sine, see ``TernCore/asinh(_:)``.
    public func asinh() -> Tensor { TernCore.asinh(self) }
    /// The inverse hyperbolic cosine, see ``TernCore/acosh(_:)``.
    public func acosh() -> Tensor { TernCore.acosh(self) }
    /// The inverse hyperbolic tangent, see ``TernCore/atanh(_:)``.
    public func atanh() -> Tensor { TernCore.atanh(self) }
    /// The binary logarithm, see ``TernCore/log2(_:)``.
    public func log2() -> Tensor { TernCore.log2(self) }
    /// The decimal logarithm, see ``TernCore/log10(_:)``.
    public func log10() -> Tensor { TernCore.log10(self) }
    /// `2^x`, see ``TernCore/exp2(_:)``.
    public consuming func exp2() -> Tensor { TernCore.exp2(self) }
    /// Rounded towards zero, see ``TernCore/trunc(_:)``.
    public func trunc() -> Tensor { TernCore.trunc(self) }
    /// The part behind the point, see ``TernCore/frac(_:)``.
    public func frac() -> Tensor { TernCore.frac(self) }
    /// `x * tanh(softplus(x))`, see ``TernCore/mish(_:)``.
    public func mish() -> Tensor { TernCore.mish(self) }
    /// `min(max(x, 0), 6)`, see ``TernCore/relu6(_:)``.
    public consuming func relu6() -> Tensor { TernCore.relu6(self) }
    /// `log(sigmoid(x))`, see ``TernCore/logSigmoid(_:)``.
    public func logSigmoid() -> Tensor { TernCore.logSigmoid(self) }
    /// Other numbers instead of NaN and infinities, see ``TernCore/nanToNumber(_:nan:positiveInfinity:negativeInfinity:)``.
    public func nanToNumber(
        nan: Double = 0, positiveInfinity: Double? = nil, negativeInfinity: Double? = nil
    ) -> Tensor {
        TernCore.nanToNumber(self, nan: nan, positiveInfinity: positiveInfinity, negativeInfinity: negativeInfinity)
    }
}
