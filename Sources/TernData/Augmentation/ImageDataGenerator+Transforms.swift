import Foundation
import TernCore

extension ImageDataGenerator {
    /// A change of an image that is given: what Keras's `apply_transform` takes.
    public struct Transform: Sendable, Hashable {
        /// Degrees, clockwise on the screen.
        public var theta = 0.0
        /// Where pixels come from: so many columns further right.
        public var tx = 0.0
        /// So many rows further down.
        public var ty = 0.0
        /// Degrees.
        public var shear = 0.0
        /// Of columns; above 1 the image gets smaller.
        public var zx = 1.0
        /// Of rows.
        public var zy = 1.0
        /// Whether left and right change places.
        public var flipsHorizontally = false
        /// Whether top and bottom change places.
        public var flipsVertically = false
        /// What is added to all elements, within the range that the image has.
        public var channelShift: Double?
        /// A factor, for images of 0...255.
        public var brightness: Double?

        /// By default nothing changes.
        public init(
            theta: Double = 0, tx: Double = 0, ty: Double = 0, shear: Double = 0, zx: Double = 1, zy: Double = 1,
            flipsHorizontally: Bool = false, flipsVertically: Bool = false, channelShift: Double? = nil,
            brightness: Double? = nil
        ) {
            (self.theta, self.tx, self.ty, self.shear, self.zx, self.zy) = (theta, tx, ty, shear, zx, zy)
            (self.flipsHorizontally, self.flipsVertically) = (flipsHorizontally, flipsVertically)
            (self.channelShift, self.brightness) = (channelShift, brightness)
        }

        /// From a pixel's place to where it comes from, both from the middle. The identity is nil.
        fileprivate var plane: Plane? {
            var result: Plane?
            func join(_ next: Plane) { result = result.map { $0.times(next) } ?? next }
            let (angle, lean) = (theta * .pi / 180, shear * .pi / 180)
            if theta != 0 { join(Plane(a: cos(angle), b: -sin(angle), d: sin(angle), e: cos(angle))) }
            if tx != 0 || ty != 0 { join(Plane(c: tx, f: ty)) }
            if shear != 0 { join(Plane(b: -sin(lean), e: cos(lean))) }
            if zx != 1 || zy != 1 { join(Plane(a: zx, e: zy)) }
            return result
        }
    }

    /// Numbers for a transform, as the settings say.
    public func randomTransform(height: Int, width: Int, generator: Generator = .default) -> Transform {
        func either(_ range: Double) -> Double { range == 0 ? 0 : generator.number(in: -range...range) }
        func shift(_ range: Double, _ size: Int) -> Double { either(range) * (range < 1 ? Double(size) : 1) }
        let isZooming = settings.zoomRange != 1...1
        return Transform(
            theta: either(settings.rotationRange), tx: shift(settings.widthShiftRange, width),
            ty: shift(settings.heightShiftRange, height), shear: either(settings.shearRange),
            zx: isZooming ? generator.number(in: settings.zoomRange) : 1,
            zy: isZooming ? generator.number(in: settings.zoomRange) : 1,
            flipsHorizontally: settings.horizontalFlip && generator.isTrue(0.5),
            flipsVertically: settings.verticalFlip && generator.isTrue(0.5),
            channelShift: settings.channelShiftRange == 0 ? nil : either(settings.channelShiftRange),
            brightness: settings.brightnessRange.map { generator.number(in: $0) })
    }

    /// Images after transforms: one for all images, or one for each. Keras's `apply_transform`.
    public func transformed(_ images: Tensor, by transforms: [Transform]) -> Tensor {
        let sizes = ImageSizes(images, "ImageDataGenerator")
        if transforms.count != 1 && transforms.count != sizes.count {
            mistake(
                "ImageDataGenerator",
                "expects one transform or one for each of \(sizes.count) images, got \(transforms.count)")
        }
        var result = images.dtype.isFloatingPoint ? images : images.converted(to: .float32)
        let changes = transforms.map { self.changes($0, sizes) }
        if changes.contains(where: { !$0.isEmpty }) {
            result = ImageChange.applied(changes, to: result, "ImageDataGenerator")
        }
        // In Keras they come before the brightness, which depends on each element and the range of all only.
        if transforms.contains(where: { $0.flipsHorizontally || $0.flipsVertically }) {
            result = flipped(
                result, rows: transforms.map(\.flipsVertically), columns: transforms.map(\.flipsHorizontally),
                "ImageDataGenerator")
        }
        return result
    }

    private func changes(_ transform: Transform, _ sizes: ImageSizes) -> [ImageChange] {
        var changes: [ImageChange] = []
        if let plane = transform.plane {
            let centre = (Double(sizes.width) / 2 - 0.5, Double(sizes.height) / 2 - 0.5)
            var warp = Warp(matrix: plane.about(centre).matrix, isLinear: true, outside: outside)
            if case .constant(let value) = settings.fillMode {
                warp.values = [Double](repeating: value, count: sizes.channels)
            }
            changes.append(.warp(warp))
        }
        if let shift = transform.channelShift { changes.append(.channelShift(shift)) }
        if let factor = transform.brightness { changes.append(.kerasBrightness(factor)) }
        return changes
    }

    private var outside: Warp.Outside {
        switch settings.fillMode {
        case .nearest: .replicate
        case .constant: .cut
        case .reflect: .symmetric
        case .wrap: .wrap
        }
    }
}
