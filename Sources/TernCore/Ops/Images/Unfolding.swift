/// The patches of images as columns, also called im2col: a convolution is a product with them. PyTorch's
/// `torch.nn.functional.unfold`.
///
///     x [N, C, H, W] -> [N, C * KH * KW, H' * W'],  H' = (H + padding - dilation * (KH - 1) - 1) / stride + 1
///     y[n, (c * KH + k) * KW + l, i * W' + j] = x[n, c, i * stride + k * dilation - padding, ...]
///
/// A single image `[C, H, W]` works, too. The derivative is ``fold(_:outputSize:kernelSize:stride:padding:dilation:)``.
///
/// ```swift
/// unfold(Tensor.ones([2, 3, 8, 8]), kernelSize: 3, padding: 1).shape   // [2, 27, 64]
/// ```
public func unfold(
    _ x: Tensor, kernelSize: Size2d, stride: Size2d = 1, padding: Padding2d = 0, dilation: Size2d = 1
) -> Tensor {
    if x.rank != 3 && x.rank != 4 { mistake("unfold", "expects an input [N, C, H, W], got \(x.shape)") }
    let images = x.rank == 3 ? x.unsqueezed(axes: 0) : x
    let axes = WindowAxis.last(
        "unfold", x.shape, kernel: kernelSize, stride: stride, padding: padding, dilation: dilation)
    let columns = Patches(images.shape, axes).unfolded(images)
    return x.rank == 3 ? columns.squeezed(axes: 0) : columns
}

/// Images that are the sums of the patches that columns hold, also called col2im. PyTorch's `torch.nn.functional.fold`.
///
///     x [N, C * KH * KW, H' * W'] -> [N, C, outputSize.height, outputSize.width]
///
/// What lies in the padding is dropped. A single image's `[C * KH * KW, H' * W']` works, too. The derivative is
/// ``unfold(_:kernelSize:stride:padding:dilation:)``, which this is the transpose of, and not the inverse: pixels count as
/// often as patches have them.
///
/// - Parameters:
///   - x: the columns, [N, C * KH * KW, H' * W'] or [C * KH * KW, H' * W'].
///   - outputSize: of the images; the other settings are those of `unfold`.
///   - kernelSize: of the patches.
///   - stride: from patch to patch.
///   - padding: of the images, before patches are cut out.
///   - dilation: the distance of neighbouring elements of a patch in the image.
public func fold(
    _ x: Tensor, outputSize: Size2d, kernelSize: Size2d, stride: Size2d = 1, padding: Padding2d = 0,
    dilation: Size2d = 1
) -> Tensor {
    if x.rank != 2 && x.rank != 3 { mistake("fold", "expects an input [N, C * KH * KW, H' * W'], got \(x.shape)") }
    if x.dtype == .bool { mistake("fold", "is not defined for bool") }
    if outputSize.least < 1 || outputSize.largest > Int(Int32.max) {
        mistake("fold", "expects an output size of 1...\(Int32.max), got \(outputSize)")
    }
    let columns = x.rank == 2 ? x.unsqueezed(axes: 0) : x
    let axes = WindowAxis.last(
        "fold", [outputSize.height, outputSize.width], kernel: kernelSize, stride: stride, padding: padding,
        dilation: dilation)
    let area = kernelSize.height * kernelSize.width
    let (patches, overflows) = axes[0].output.multipliedReportingOverflow(by: axes[1].output)
    if overflows || columns.shape[1] % area != 0 || columns.shape[2] != patches {
        mistake(
            "fold",
            "expects channels times \(area) and \(axes[0].output) * \(axes[1].output) patches for output size \(outputSize), got \(x.shape) "
                + "(kernel size \(kernelSize), stride \(stride), padding \(padding), dilation \(dilation))")
    }
    let shape: Shape = [columns.shape[0], columns.shape[1] / area, outputSize.height, outputSize.width]
    let images = Patches(shape, axes).folded(columns)
    return x.rank == 2 ? images.squeezed(axes: 0) : images
}

/// The patches of images of a shape: two operations that are each other's transposes, and so derivatives.
private struct Patches: Sendable {
    private let images: Shape
    private let rows: WindowAxis
    private let columns: WindowAxis

    init(_ images: Shape, _ axes: InlineArray<2, WindowAxis>) {
        self.images = images
        (rows, columns) = (axes[0], axes[1])
    }

    func unfolded(_ x: Tensor) -> Tensor {
        let result = asOneOperation {
            let padded = x.padded([(0, 0), (0, 0), (rows.before, rows.after), (columns.before, columns.after)])
            // All patches at once, as a view in which elements occur more than once.
            let strides = padded.strides
            let view = padded.view(
                shape: [images[0], images[1], rows.kernel, columns.kernel, rows.output, columns.output],
                strides: [
                    strides[0], strides[1], strides[2] &* rows.dilation, strides[3] &* columns.dilation,
                    strides[2] &* rows.stride, strides[3] &* columns.stride,
                ])
            return view.copied().contiguousView(columnShape)
        }
        return result.output(of: "unfold", from: x, attributes: attributes) { gradient, _ in
            InputGradients(folded(gradient))
        }
    }

    func folded(_ x: Tensor) -> Tensor {
        let result = asOneOperation {
            // Sums of halves are made of floats.
            let patches = x.converted(to: x.dtype.accumulator).reshaped([
                images[0], images[1], rows.kernel, columns.kernel, rows.output, columns.output,
            ])
            var shape = images
            shape[2] += rows.before + rows.after
            shape[3] += columns.before + columns.after
            let sums = Tensor.zeros(shape, dtype: patches.dtype)
            for row in 0..<rows.kernel {
                for column in 0..<columns.kernel {
                    var window = Window(shape)
                    (window.starts[2], window.starts[3]) = (row * rows.dilation, column * columns.dilation)
                    (window.steps[2], window.steps[3]) = (rows.stride, columns.stride)
                    (window.shape[2], window.shape[3]) = (rows.output, columns.output)
                    sums.view(window).add(patches[.all, .all, row, column])
                }
            }
            return inner(sums).converted(to: x.dtype).contiguous()
        }
        return result.output(of: "fold", from: x, attributes: attributes) { gradient, _ in
            InputGradients(unfolded(gradient))
        }
    }

    /// Without the padding.
    private func inner(_ sums: Tensor) -> Tensor {
        var window = Window(sums.shape)
        (window.starts[2], window.starts[3]) = (rows.before, columns.before)
        window.shape = images
        return sums.view(window)
    }

    private var columnShape: Shape {
        [images[0], images[1] * rows.kernel * columns.kernel, rows.output * columns.output]
    }

    private var attributes: OperationAttributes {
        [
            "kernel": [rows.kernel, columns.kernel], "stride": [rows.stride, columns.stride],
            "padding": [rows.before, rows.after, columns.before, columns.after],
            "dilation": [rows.dilation, columns.dilation],
        ]
    }
}

extension Tensor {
    /// Windows of `size` elements along `axis`, one every `step` elements: the axis counts the windows, and their elements
    /// are on a new last axis. A view, in which elements may occur more than once. PyTorch's `Tensor.unfold`.
    ///
    /// ```swift
    /// Tensor([1, 2, 3, 4, 5]).unfolded(axis: 0, size: 3, step: 2)   // [[1, 2, 3], [3, 4, 5]]
    /// ```
    public func unfolded(axis: Int, size: Int, step: Int) -> Tensor {
        let position = axisOrScalar(axis, "unfolded")
        let length = rank == 0 ? 1 : shape[position]
        if size < 0 || size > length || step < 1 {
            mistake(
                "unfolded",
                "expects a size of 0...\(length) along axis \(axis) of shape \(shape) and a step of at least 1, got "
                    + "size \(size) and step \(step)")
        }
        if rank == 0 { return size == 1 ? reshaped([1]) : reshaped([1])[0..<0] }
        var (target, newStrides) = (shape, strides)
        target[position] = (length - size) / step + 1
        target.append(size)
        newStrides[position] = strides[position] &* step
        newStrides.append(strides[position])
        let (whole, result) = (shape, view(shape: target, strides: newStrides))
        return result.output(of: "unfolded", from: self, attributes: ["axis": position, "size": size, "step": step]) {
            gradient, _ in
            InputGradients(gradient.refolded(whole, axis: position, step: step))
        }
    }

    /// The sums of windows at their places: the transpose of ``unfolded(axis:size:step:)``.
    private func refolded(_ whole: Shape, axis: Int, step: Int) -> Tensor {
        let size = shape[rank - 1]
        let result = asOneOperation {
            let windows = converted(to: dtype.accumulator)
            let sums = Tensor.zeros(whole, dtype: windows.dtype)
            for place in 0..<size {
                let window = Window(whole, axis: axis, start: place, step: step, size: shape[axis])
                sums.view(window).add(windows[..., place])
            }
            return sums.converted(to: dtype)
        }
        return result.output(of: "refolded", from: self, attributes: ["axis": axis, "size": size, "step": step]) {
            upstream, _ in
            InputGradients(upstream.unfolded(axis: axis, size: size, step: step))
        }
    }
}
