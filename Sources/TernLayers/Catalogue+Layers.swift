import TernNN

extension Catalogue {
    /// The layers of TernLayers. All of them but `Lambda`, whose function a file cannot have, and the parametrizations of
    /// weights.
    public static let layers = Catalogue(
        AdaptiveAvgPool1d.self, AdaptiveAvgPool2d.self, AdaptiveAvgPool3d.self, AdaptiveLogSoftmaxWithLoss.self,
        AdaptiveMaxPool1d.self, AdaptiveMaxPool2d.self, AdaptiveMaxPool3d.self, Add.self, AlphaDropout.self,
        Average.self, AvgPool1d.self, AvgPool2d.self, AvgPool3d.self, BatchNorm1d.self, BatchNorm2d.self,
        BatchNorm3d.self, Bilinear.self, CELU.self, ChannelShuffle.self, CircularPad1d.self, CircularPad2d.self,
        CircularPad3d.self, Concatenate.self, ConstantPad1d.self, ConstantPad2d.self, ConstantPad3d.self, Conv1d.self,
        Conv2d.self, Conv3d.self, ConvTranspose1d.self, ConvTranspose2d.self, ConvTranspose3d.self,
        CosineSimilarity.self, Cropping1d.self, Cropping2d.self, Cropping3d.self, DepthwiseConv1d.self,
        DepthwiseConv2d.self, Dot.self, DropPath.self, Dropout.self, Dropout1d.self, Dropout2d.self, Dropout3d.self,
        ELU.self, Embedding.self, EmbeddingBag.self, FeatureAlphaDropout.self, Flatten.self, Fold.self,
        FractionalMaxPool2d.self, FractionalMaxPool3d.self, GEGLU.self, GELU.self, GLU.self, GaussianDropout.self,
        GaussianNoise.self, GlobalAveragePool1d.self, GlobalAveragePool2d.self, GlobalAveragePool3d.self,
        GlobalMaxPool1d.self, GlobalMaxPool2d.self, GlobalMaxPool3d.self, GroupNorm.self, Hardshrink.self,
        Hardsigmoid.self, Hardswish.self, Hardtanh.self, Identity.self, InstanceNorm1d.self, InstanceNorm2d.self,
        InstanceNorm3d.self, LPPool1d.self, LPPool2d.self, LPPool3d.self, LayerNorm.self, LeakyReLU.self, Linear.self,
        LocalResponseNorm.self, LogSigmoid.self, LogSoftmax.self, Masking.self, MaxPool1d.self, MaxPool2d.self,
        MaxPool3d.self, MaxUnpool1d.self, MaxUnpool2d.self, MaxUnpool3d.self, Maximum.self, Minimum.self, Mish.self,
        Multiply.self, Normalization.self, PReLU.self, PairwiseDistance.self, Permute.self, PixelShuffle.self,
        PixelUnshuffle.self, QuantizedConv1d.self, QuantizedConv2d.self, QuantizedConv3d.self, QuantizedLinear.self,
        QuickGELU.self, RMSNorm.self, RReLU.self, ReLU.self, ReLU6.self, ReflectionPad1d.self, ReflectionPad2d.self,
        ReflectionPad3d.self, RepeatVector.self, ReplicationPad1d.self, ReplicationPad2d.self,
        ReplicationPad3d.self, Rescaling.self, Reshape.self, Residual.self, RotaryEmbedding.self, SELU.self,
        SeparableConv1d.self, SeparableConv2d.self, SiLU.self, Sigmoid.self, SinusoidalPositions.self, Softmax.self,
        Softmax2d.self, Softmin.self, Softplus.self, Softshrink.self, Softsign.self, Subtract.self, SwiGLU.self,
        Tanh.self, Tanhshrink.self, Threshold.self, TimeDistributed.self, Unflatten.self, Unfold.self,
        UnitNormalization.self, Upsample.self, UpsamplingBilinear2d.self, UpsamplingNearest2d.self, ZeroPad1d.self,
        ZeroPad2d.self, ZeroPad3d.self)
}
