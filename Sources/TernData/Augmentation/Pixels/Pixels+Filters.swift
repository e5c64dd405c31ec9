import TernCore

extension Pixels {
    /// Mixed with a smoother image: torchvision's, which leaves the outermost pixels alone.
    @inline(__always)
    func changeSharpness(_ factor: Real) {
        let (height, width) = (sizes.height, sizes.width)
        if height <= 2 || width <= 2 { return }
        let (around, centre) = (Real(1.0 / 13), Real(5.0 / 13))
        withCopy { copy in
            for row in 0..<sizes.channels * height where (1..<height - 1).contains(row % height) {
                let (above, here, below) = (copy + (row - 1) * width, copy + row * width, copy + (row + 1) * width)
                for x in 1..<width - 1 {
                    let upper = above[x - 1].real + above[x].real + above[x + 1].real
                    let lower = below[x - 1].real + below[x].real + below[x + 1].real
                    let sides = here[x - 1].real + here[x + 1].real
                    var smooth = (upper + lower + sides) * around + here[x].real * centre
                    if Value.self == UInt8.self { smooth = smooth.rounded(.toNearestOrEven) }
                    let value = here[x].real
                    image[row * width + x] = Value(limited: value + (smooth - value) * (1 - factor))
                }
            }
            // What is left alone is cut off, too.
            if Value.self != UInt8.self { each { Value(limited: $0.real) } }
        }
    }

    /// Sums along rows and then along columns; around the image it is mirrored at the outermost pixels.
    @inline(__always)
    func blur(_ horizontal: [Double], _ vertical: [Double]) {
        let (height, width) = (sizes.height, sizes.width)
        let places = { (radius: Int, size: Int) in
            ImageBorder.reflect.places(from: -radius, count: size + 2 * radius, size: size).map { Int($0) }
        }
        let columns = places(horizontal.count / 2, width)
        let rows = places(vertical.count / 2, height)
        withUnsafeTemporaryAllocation(of: Real.self, capacity: sizes.plane + width) { memory in
            memory.initialize(repeating: 0)
            let (sums, row) = (memory.baseAddress!, memory.baseAddress! + sizes.plane)
            for channel in 0..<sizes.channels {
                let plane = image + channel * sizes.plane
                for y in 0..<height {
                    let (from, to) = (plane + y * width, sums + y * width)
                    to.update(repeating: 0, count: width)
                    for (tap, weight) in horizontal.enumerated() {
                        let weight = Real(weight)
                        for x in 0..<width { to[x] += weight * from[columns[x + tap]].real }
                    }
                }
                for y in 0..<height {
                    row.update(repeating: 0, count: width)
                    for (tap, weight) in vertical.enumerated() {
                        let (from, weight) = (sums + rows[y + tap] * width, Real(weight))
                        for x in 0..<width { row[x] += weight * from[x] }
                    }
                    for x in 0..<width { plane[y * width + x] = Value(rounding: row[x]) }
                }
            }
        }
    }

    @inline(__always)
    func erase(_ rectangle: PixelRectangle, _ values: [Double]) {
        let area = rectangle.height * rectangle.width
        for channel in 0..<sizes.channels {
            for y in 0..<rectangle.height {
                let start = image + channel * sizes.plane + (rectangle.top + y) * sizes.width + rectangle.left
                for x in 0..<rectangle.width {
                    let place = channel * area + y * rectangle.width + x
                    let index = values.count == 1 ? 0 : values.count == sizes.channels ? channel : place
                    start[x] = Value(truncating: Real(values[index]))
                }
            }
        }
    }
}
