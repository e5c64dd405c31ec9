import TernCore

/// Where the pixels of new images come from: each row and each column is one of the old image, or lies outside of it. Crops,
/// flips and padding of any kind are such moves, of elements of any type.
struct PixelMoves {
    /// Of the new images.
    let height: Int
    let width: Int
    /// The old row of each new one, -1 for outside: for all images, or for one after the other.
    let rows: [Int32]
    let columns: [Int32]

    init(rows: [[Int32]], columns: [[Int32]]) {
        (height, width) = (rows.first?.count ?? 0, columns.first?.count ?? 0)
        self.rows = rows.flatMap { $0 }
        self.columns = columns.flatMap { $0 }
    }

    /// The images with their pixels moved, and `fill` where they come from outside.
    func applied(to x: Tensor, _ sizes: ImageSizes, fill: [Double]) -> Tensor {
        let fills = Tensor(fill, dtype: x.dtype)
        let shape = sizes.shape(height: height, width: width)
        if shape.contains(0) { return Tensor.zeros(shape, dtype: x.dtype) }
        return x.withUnsafeBytes { source in
            fills.withUnsafeBytes { fills in
                Tensor(shape: shape, dtype: x.dtype) { target in
                    switch x.dtype.byteCount {
                    case 1: move(source, target, fills, sizes, as: UInt8.self)
                    case 2: move(source, target, fills, sizes, as: UInt16.self)
                    case 4: move(source, target, fills, sizes, as: UInt32.self)
                    default: move(source, target, fills, sizes, as: UInt64.self)
                    }
                }
            }
        }
    }

    private func move<Element>(
        _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _ fills: UnsafeRawBufferPointer,
        _ sizes: ImageSizes, as type: Element.Type
    ) {
        let target = target.baseAddress!.assumingMemoryBound(to: type)
        // Nothing is read of images without pixels.
        let source = source.baseAddress?.assumingMemoryBound(to: type) ?? UnsafePointer(target)
        let fills = fills.baseAddress!.assumingMemoryBound(to: type)
        let (height, width) = (height, width)
        rows.withUnsafeBufferPointer { rows in
            columns.withUnsafeBufferPointer { columns in
                let (allRows, allColumns) = (rows.baseAddress!, columns.baseAddress!)
                let (rowStep, columnStep) = (rows.count > height ? height : 0, columns.count > width ? width : 0)
                let work = Double(sizes.count * sizes.channels * height) * (10 + 0.1 * Double(width))
                parallelFor(pieces: sizes.count, nanoseconds: work) { image in
                    let (rows, columns) = (allRows + image * rowStep, allColumns + image * columnStep)
                    let run = Run(columns, width)
                    var to = target + image * sizes.channels * height * width
                    for channel in 0..<sizes.channels {
                        let plane = source + (image * sizes.channels + channel) * sizes.plane
                        let fill = fills[channel]
                        for row in 0..<height {
                            if rows[row] < 0 {
                                to.update(repeating: fill, count: width)
                            } else {
                                let from = plane + Int(rows[row]) * sizes.width
                                if let run {
                                    to.update(repeating: fill, count: run.start)
                                    (to + run.start).update(from: from + run.source, count: run.count)
                                    let end = run.start + run.count
                                    (to + end).update(repeating: fill, count: width - end)
                                } else {
                                    for column in 0..<width {
                                        let place = Int(columns[column])
                                        to[column] = place < 0 ? fill : from[place]
                                    }
                                }
                            }
                            to += width
                        }
                    }
                }
            }
        }
    }

    /// Columns that lie side by side as they did, with only the outside around them.
    private struct Run {
        var start = 0
        var source = 0
        var count = 0

        init?(_ columns: UnsafePointer<Int32>, _ width: Int) {
            while start < width && columns[start] < 0 { start += 1 }
            if start == width { return }
            source = Int(columns[start])
            while start + count < width && Int(columns[start + count]) == source + count { count += 1 }
            for column in start + count..<width where columns[column] >= 0 { return nil }
        }
    }
}

/// What is around an image.
public enum ImageBorder: Sendable, Hashable {
    /// A value, or one for each channel, in the type of the image (0...255 for `uint8`).
    case constant(ChannelValues)
    /// The outermost pixel: `a a | a b c | c c`. torchvision's `edge`.
    case replicate
    /// The image mirrored at its outermost pixels, which are not repeated: `c b | a b c | b a`.
    case reflect
    /// The image mirrored at its edges: `b a | a b c | c b`.
    case symmetric
    /// The image again: `b c | a b c | a b`.
    case circular

    var fill: ChannelValues { if case .constant(let value) = self { value } else { 0 } }

    /// The place of an image of this size that is seen at any place; -1 for a constant.
    func place(_ place: Int, size: Int) -> Int32 {
        if 0..<size ~= place { return Int32(place) }
        func wrapped(_ period: Int) -> Int { (place % period + period) % period }
        switch self {
        case .constant: return -1
        case .replicate: return Int32(min(max(place, 0), size - 1))
        case .circular: return Int32(wrapped(size))
        case .reflect:
            if size == 1 { return 0 }
            let turned = wrapped(2 * size - 2)
            return Int32(min(turned, 2 * size - 2 - turned))
        case .symmetric:
            let turned = wrapped(2 * size)
            return Int32(min(turned, 2 * size - 1 - turned))
        }
    }

    /// Those from a place on.
    func places(from start: Int, count: Int, size: Int) -> [Int32] {
        (start..<start + count).map { place($0, size: size) }
    }
}
