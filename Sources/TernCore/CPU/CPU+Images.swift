import CTernKernels

extension CPU {
    func resample(_ x: Tensor, rows: AxisTaps?, columns: AxisTaps?, into y: Tensor) {
        if y.count == 0 { return }
        let (kernels, width) = (Kernels.of(x.dtype).resample, x.shape[x.rank - 1])
        let outputs = y.count / y.shape[y.rank - 1]
        let visits = Double(y.shape[y.rank - 1]) + Double(width) * Double(rows?.taps ?? 1)
        // As many rows as the longest vector has lanes, or several such blocks.
        let rowsAPiece = 16 * Swift.max(1, Int(Double(elementwisePiece) / visits) / 16)
        let work = Int(Swift.min(1e15, Double(outputs) * visits * Cost.resample))
        withTaps(rows, x.dtype) { rows in
            withTaps(columns, x.dtype) { columns in
                let scratchBytes = kernels.scratch_bytes(columns)
                parallelFor(pieces: (outputs + rowsAPiece - 1) / rowsAPiece, work: work) { piece in
                    let range = piece * rowsAPiece..<Swift.min(outputs, (piece + 1) * rowsAPiece)
                    func call(_ scratch: UnsafeMutableRawPointer?) {
                        kernels.rows(
                            rows, columns, width, range.lowerBound, range.upperBound, x.impl.pointer, y.impl.pointer,
                            scratch)
                    }
                    if scratchBytes == 0 { call(nil) } else { Allocator.withScratch(scratchBytes) { call($0) } }
                }
            }
        }
    }

    private func withTaps(_ taps: AxisTaps?, _ type: DType, _ body: (UnsafePointer<TernTaps>?) -> Void) {
        guard let taps else { return body(nil) }
        func call(_ weights: UnsafeRawBufferPointer) {
            taps.firsts.withUnsafeBufferPointer { firsts in
                taps.counts.withUnsafeBufferPointer { counts in
                    let table = TernTaps(
                        in: taps.input, out: taps.output, taps: taps.taps, firsts: firsts.baseAddress!,
                        counts: counts.baseAddress!, weights: weights.baseAddress!)
                    withUnsafePointer(to: table) { body($0) }
                }
            }
        }
        if type == .float64 { return taps.weights.withUnsafeBytes(call) }
        taps.weights.map(Float.init).withUnsafeBytes(call)
    }
}

extension CPU {
    func gatherPoints(_ x: Tensor, at places: Tensor, _ weights: Tensor, into y: Tensor) {
        let kernels = Kernels.of(x.dtype)
        let kernel = kernels.resample.gather_points ?? kernels.refused("gridSample")
        eachChannels(x, y, places, weights) { points, channels, x, y, weights in
            kernel(points, channels, x, weights, y)
        }
    }

    func scatterPoints(_ y: Tensor, at places: Tensor, _ weights: Tensor, into x: Tensor) {
        let kernels = Kernels.of(x.dtype)
        let kernel = kernels.resample.scatter_points ?? kernels.refused("gridSample")
        eachChannels(x, y, places, weights) { points, channels, x, y, weights in
            kernel(points, channels, y, weights, x)
        }
    }

    func pointProducts(_ x: Tensor, _ y: Tensor, at places: Tensor, into weights: Tensor) {
        let kernels = Kernels.of(x.dtype)
        let kernel = kernels.resample.point_products ?? kernels.refused("gridSample")
        let (images, channels, taps, points) = (x.shape[0], x.shape[1], places.shape[1], places.shape[2])
        if weights.count == 0 { return }
        let (pixels, size) = (x.shape[2], x.dtype.byteCount)
        let pointsAPiece = Swift.min(points, Swift.max(64, elementwisePiece / Swift.max(1, taps * channels)))
        let pieces = (points + pointsAPiece - 1) / pointsAPiece
        let work = Int(Double(weights.count) * Double(channels) * Cost.pixelOfPoint)
        parallelFor(pieces: images * pieces, work: work) { piece in
            let (image, first) = (piece / pieces, piece % pieces * pointsAPiece)
            var table = TernPoints(
                pixels: pixels, points: points, taps: taps,
                places: places.pointer(as: Int32.self) + image * taps * points)
            kernel(
                &table, channels, first, Swift.min(points, first + pointsAPiece),
                x.impl.pointer + image * channels * pixels * size, y.impl.pointer + image * channels * points * size,
                weights.impl.pointer + image * taps * points * size)
        }
    }

    /// Calls `body` for groups of channels of an image.
    @inline(__always)
    private func eachChannels(
        _ x: Tensor, _ y: Tensor, _ places: Tensor, _ weights: Tensor,
        _ body: (
            UnsafePointer<TernPoints>, _ channels: Int, _ x: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer,
            _ weights: UnsafeMutableRawPointer
        ) -> Void
    ) {
        let (images, channels, pixels) = (x.shape[0], x.shape[1], x.shape[2])
        let (taps, points, size) = (places.shape[1], places.shape[2], x.dtype.byteCount)
        if images == 0 || channels == 0 { return }
        let visits = taps * points + pixels
        let channelsAPiece = Swift.min(channels, Swift.max(1, elementwisePiece / Swift.max(1, visits)))
        let pieces = (channels + channelsAPiece - 1) / channelsAPiece
        let work = Int(Double(images * channels) * Double(visits) * Cost.pixelOfPoint)
        parallelFor(pieces: images * pieces, work: work) { piece in
            let (image, first) = (piece / pieces, piece % pieces * channelsAPiece)
            let plane = image * channels + first
            var table = TernPoints(
                pixels: pixels, points: points, taps: taps,
                places: places.pointer(as: Int32.self) + image * taps * points)
            body(
                &table, Swift.min(channelsAPiece, channels - first), x.impl.pointer + plane * pixels * size,
                y.impl.pointer + plane * points * size, weights.impl.pointer + image * taps * points * size)
        }
    }
}
