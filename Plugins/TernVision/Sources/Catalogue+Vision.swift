import TernNN

extension Catalogue {
    /// The models of TernVision: `Catalogue.register(.vision)`.
    public static let vision = Catalogue(
        EfficientNet.self, MobileNetV2.self, ResNet.self, SqueezeExcitation.self, UNet.self, VGG.self,
        VisionTransformer.self)
}
