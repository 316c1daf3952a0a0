using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>Buffers that are read as images.</summary>
internal static class ImageCases
{
    private const int Elements = ImageSize.TexelElements;
    private const long Widest = 1 << 16;

    public static IEnumerable<ConformanceCase> For(Subject subject)
    {
        if (!subject.Target.ExtraOps.Contains(Ops.Texel) || subject.Capabilities.Images is not { } limits)
        {
            return [ConformanceCase.Skipped("images", "the target doesn't list Texel, or the device has no images")];
        }

        return [.. limits.DTypes.SelectMany(d => Sizes(limits).Select(s => Around(subject, d, s))), .. limits.DTypes.Select(d => subject.IfRun(Views(subject, d))), Row(subject), subject.IfRun(Twice(subject))];
    }

    private static IEnumerable<ImageSize> Sizes(ImageLimits limits) =>
        new ImageSize[] { new(1, 1), new(37, 1), new(limits.RowTexels, 2), new(2 * limits.RowTexels, 5) }.Where(s => s.Width <= limits.MaxWidth && s.Height <= limits.MaxHeight).Distinct();

    // Every texel, and where the device has a border, those around.
    private static ConformanceCase Around(Subject subject, DType dtype, ImageSize size)
    {
        var border = subject.Capabilities.Images!.HasBorder ? 1 : 0;
        var width = size.Width + 2 * border;
        return new($"images/{dtype} {size.Width} x {size.Height}", () => Check(
            subject, Program(subject, dtype, size, width * (size.Height + 2 * border), item => (Within(Ops.IntMod, item), Within(Ops.IntDiv, item)))));

        UOp Within(Ops op, UOp item) => UOp.Alu(Ops.Sub, UOp.Alu(op, item, Ir.Int(width)), Ir.Int(border));
    }

    private static ConformanceCase Row(Subject subject)
    {
        var limits = subject.Capabilities.Images!;
        var width = Math.Min(limits.MaxWidth, Widest);
        return new($"images/a row of {width}", () => Check(
            subject, Program(subject, limits.DTypes[0], new ImageSize(width, 1), 64, item => (UOp.Alu(Ops.Sub, Ir.Int(width - 1), Ir.Mul(item, Ir.Int((width - 1) / 63))), Ir.Int(0)))));
    }

    // They may begin at any element, and end with the buffer.
    private static ConformanceCase Views(Subject subject, DType dtype) => new($"images/views of {dtype}", () =>
    {
        const int Count = 8;
        var program = Program(subject, dtype, new ImageSize(Count, 1), Count, item => (item, Ir.Int(0)));
        using var kernel = subject.Device.Load(subject.Generator!.Generate(program));
        var (all, bytes) = (Numbers(dtype, 100 * Elements, 0), Count * Elements * dtype.Bytes);
        using var from = subject.Allocate(all);
        foreach (var first in new[] { 0, Elements, 64 * Elements, 3, 92 * Elements, 92 * Elements - 1 })
        {
            Check(subject, program, kernel, new BufferView(from, first * dtype.Bytes, bytes), all.AsSpan(first * dtype.Bytes, bytes).ToArray());
        }
    });

    // An image is of what the buffer holds when the kernel begins, each time.
    private static ConformanceCase Twice(Subject subject) => new("images/of what changes", () =>
    {
        const int Count = 8;
        var dtype = subject.Capabilities.Images!.DTypes[0];
        var program = Program(subject, dtype, new ImageSize(Count, 1), Count, item => (item, Ir.Int(0)));
        using var kernel = subject.Device.Load(subject.Generator!.Generate(program));
        using var from = subject.Allocate(new byte[Count * Elements * dtype.Bytes]);
        for (var time = 1; time <= 3; time++)
        {
            var data = Numbers(dtype, Count * Elements, time);
            subject.Device.Allocator.CopyIn(Subject.Whole(from), data);
            Check(subject, program, kernel, Subject.Whole(from), data);
        }
    });

    private static void Check(Subject subject, LinearProgram program)
    {
        var data = Numbers(program.Parameters[0].DType, (int)program.Parameters[0].Size, 0);
        using var kernel = subject.Device.Load(subject.Generator!.Generate(program));
        using var from = subject.Allocate(data);
        if (!subject.IsDryRun)
        {
            Check(subject, program, kernel, Subject.Whole(from), data);
        }
    }

    private static void Check(Subject subject, LinearProgram program, KernelProgram kernel, BufferView from, byte[] data)
    {
        byte[][] expected = [data, new byte[program.Parameters[1].Size * 4]];
        using var to = subject.Allocate(expected[1]);
        kernel.Launch([from, Subject.Whole(to)], []);
        new ReferenceMachine(program).Run(expected);
        ProgramCase.Compare(program, [data, subject.Read(to)], expected);
    }

    // Each item stores one texel.
    private static LinearProgram Program(Subject subject, DType dtype, ImageSize size, long items, Func<UOp, (UOp X, UOp Y)> place)
    {
        var b = new ProgramBuilder(subject.Capabilities, items);
        var (from, to, (x, y)) = (b.Buffer(dtype, size.Width * size.Height * Elements), b.Buffer(DType.Float32, items * Elements), place(b.Item));
        b.Add(Ir.Store(Ir.At(to, Ir.Mul(b.Item, Ir.Int(Elements))), UOp.New(Ops.Texel, DType.Float32.Vec(Elements), [from, x, y])));
        var program = b.Build($"image_{size.Width}_{size.Height}");
        var image = new KernelParameter { DType = dtype, Size = program.Parameters[0].Size, IsRead = true, Image = size };
        program = new LinearProgram { Name = program.Name, Ops = program.Ops, Parameters = [image, program.Parameters[1]], GlobalSize = program.GlobalSize, Groups = program.Groups, Lanes = program.Lanes };
        LinearSpecification.Check(program, subject.Target);
        return program;
    }

    private static byte[] Numbers(DType dtype, int count, int first) => Conformance.Elements.ToBytes(dtype, [.. Enumerable.Range(first, count).Select(i => ((Scalar)((i % 1000 - 500) * 0.5)).To(dtype))]);
}
