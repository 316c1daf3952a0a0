using System.Runtime.InteropServices;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime.Tests;

/// <summary>Short ways to write graphs and to look at results.</summary>
internal static class Graphs
{
    public static TenonRuntime Runtime(IBackendPlugin? plugin = null, FakeCompiler? compiler = null, Action<RuntimeOptions>? configure = null)
    {
        var options = new RuntimeOptions();
        options.Cache.Enabled = false;
        configure?.Invoke(options);
        return new TenonRuntimeBuilder(options).AddPlugin("fake", plugin ?? new FakePlugin("FAKE"), "1.2.3").Build(compiler ?? new FakeCompiler());
    }

    public static UOp Buffer(this TenonRuntime runtime, params float[] values) => runtime.BufferOn("FAKE", values);

    public static UOp BufferOn(this TenonRuntime runtime, string device, params float[] values)
    {
        var buffer = runtime.CreateBuffer(DType.Float32, values.Length, device);
        runtime.CopyIn(buffer, MemoryMarshal.AsBytes<float>(values));
        return buffer;
    }

    public static float[] Read(this TenonRuntime runtime, UOp buffer)
    {
        var values = new float[buffer.Shape.MaxElements];
        runtime.CopyOut(buffer, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    public static UOp Realize(this TenonRuntime runtime, UOp value, string device = "FAKE") => runtime.Realize([(value, device)])[0];

    public static UOp Add(this UOp x, UOp y) => UOp.Alu(Ops.Add, x, y);

    public static UOp Mul(this UOp x, UOp y) => UOp.Alu(Ops.Mul, x, y);

    public static UOp Full(float value, params long[] shape)
    {
        var one = UOp.New(Ops.Reshape, DType.Float32, [UOp.Const(DType.Float32, value), .. shape.Select(_ => UOp.Index(1))]);
        return UOp.New(Ops.Expand, DType.Float32, [one, .. shape.Select(UOp.Index)]);
    }

    public static UOp Reshape(this UOp x, params long[] shape) => UOp.New(Ops.Reshape, x.DType, [x, .. shape.Select(UOp.Index)]);

    public static UOp Assign(this UOp target, UOp value) => UOp.New(Ops.After, target.DType, [target, UOp.New(Ops.Store, DType.Void, [target, value])]);

    public static UOp To(this UOp x, string device) => UOp.New(Ops.Copy, x.DType, [x], device);

    public static TenonException Fails(string code, Action action)
    {
        var e = Assert.Catch<TenonException>(() => action())!;
        Assert.That(e.Code, Is.EqualTo(code), e.Message);
        return e;
    }
}
