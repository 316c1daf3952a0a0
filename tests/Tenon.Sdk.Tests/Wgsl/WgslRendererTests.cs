using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.Wgsl;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Sdk.Tests;

/// <summary>How shaders are put together. That they run is tested by the device that runs them.</summary>
internal sealed class WgslRendererTests
{
    private static readonly WgslRenderer Renderer = new(new WgslLimits());

    [Test]
    public void Work_items_share_workgroups()
    {
        var (input, output, item) = (Param(0, DType.Float32, 1000), Param(1, DType.Float32, 1000), Special(1000));
        var shader = Renderer.Compile(Program("double", 1000, Store(At(output, item), UOp.Alu(Ops.Add, Load(At(input, item)), UOp.Const(DType.Float32, 1.5)))));

        Assert.Multiple(() =>
        {
            Assert.That(shader.Dispatch, Is.EqualTo(new GridSize(16)));
            Assert.That(shader.Windows, Is.EqualTo(new[] { 1, 1 }));
            Assert.That(shader.Source, Does.Contain("@group(0) @binding(0) var<uniform> launch: Launch;"));
            Assert.That(shader.Source, Does.Contain("@group(0) @binding(2) var<storage, read_write> data1: array<f32>;"));
            Assert.That(shader.Source, Does.Contain("@workgroup_size(64, 1, 1)"));
            Assert.That(shader.Source, Does.Contain("if (item >= 1000i) { return; }"));
        });
    }

    [Test]
    public void Truth_values_have_an_order_though_the_language_has_none()
    {
        var (input, item) = (Param(0, DType.Int32, 8), Special(8));
        var isPositive = UOp.Alu(Ops.CmpLt, Int(0), Load(At(input, item)));
        var isLess = UOp.Alu(Ops.CmpLt, isPositive, UOp.Alu(Ops.CmpLt, Load(At(input, item)), Int(5)));
        var source = Renderer.Compile(Program("order", 8, Store(At(Param(1, DType.Int32, 8), item), isLess.Cast(DType.Int32)))).Source;

        Assert.That(source, Does.Contain("i32(!(0i < v1) & (v1 < 5i))"));
    }

    [Test]
    public void Many_workgroups_are_folded()
    {
        const int Items = 10_000_000;
        var item = Special(Items);
        var shader = Renderer.Compile(Program("fill", Items, Store(At(Param(0, DType.Int32, Items), item), item)));

        Assert.That(shader.Dispatch, Is.EqualTo(new GridSize(65535, 3)));
        Assert.That(shader.Source, Does.Contain("group.y * 65535u + group.x"));
    }

    [Test]
    public void Masked_stores_are_atomic_and_so_are_loads_beside_them()
    {
        var data = Param(0, DType.UInt32, 4);
        var (value, mask) = (UOp.Const(DType.UInt32, 0x1200), UOp.Const(DType.UInt32, 0xff00));
        var store = UOp.New(Ops.Store, DType.Void, [At(data, Int(1)), UOp.Alu(Ops.Or, Load(At(data, Int(0))), value), mask]);
        var source = Renderer.Compile(Program("mask", 1, store)).Source;

        Assert.That(source, Does.Contain("array<atomic<u32>>"));
        Assert.That(source, Does.Contain("atomicLoad(&data0[first0 + 0i])"));
        Assert.That(source, Does.Contain("atomicAnd(&data0[first0 + 1i], ~65280u); atomicOr(&data0[first0 + 1i], "));
    }

    [Test]
    public void Local_arrays_of_one_type_are_parts_of_one()
    {
        var (a, b) = (UOp.New(Ops.Local, DType.Float32, [], new LocalArg(0, 16)), UOp.New(Ops.Local, DType.Float32, [], new LocalArg(1, 16, 64)));
        var lane = UOp.New(Ops.Special, DType.Int32, [], new SpecialArg("lid0", 16) { Kind = SpecialKind.Lane });
        var barrier = UOp.New(Ops.Barrier, DType.Void, []);
        var output = Param(0, DType.Float32, 16);
        var store = Store(At(a, lane), UOp.Const(DType.Float32, 2));
        var whole = Program("local", 1, store, barrier, Store(At(b, lane), UOp.Const(DType.Float32, 3)), Store(At(output, lane), Load(At(b, lane))));
        var shader = Renderer.Compile(new LinearProgram { Name = whole.Name, Ops = whole.Ops, Parameters = whole.Parameters, GlobalSize = 1, Lanes = new GridSize(16), LocalBytes = 128 });

        Assert.That(shader.Source, Does.Contain("var<workgroup> local_f32: array<f32, 32>;"));
        Assert.That(shader.Source, Does.Contain("@workgroup_size(16, 1, 1)"));
        Assert.That(shader.Source, Does.Contain("local_f32[v1] = 3.0f;"));
        Assert.That(shader.Source, Does.Contain("workgroupBarrier();"));
    }

    [Test]
    public void Large_buffers_have_windows()
    {
        var renderer = new WgslRenderer(new WgslLimits { BindingBytes = 1024 });
        var (data, item) = (Param(0, DType.Float32, 600), Special(600));
        var shader = renderer.Compile(Program("windows", 600, Store(At(data, item), UOp.Alu(Ops.Neg, Load(At(data, item))))));

        Assert.That(shader.Windows, Is.EqualTo(new[] { 3 }));
        Assert.That(shader.Source, Does.Contain("@binding(3) var<storage, read_write> data0_2: array<f32>;"));
        Assert.That(shader.Source, Does.Contain("if (place < 512u) { return data0_1[place - 256u]; }"));
        Assert.That(() => new WgslRenderer(new WgslLimits { BindingBytes = 256 }).Compile(Program("windows", 600, Store(At(data, item), Load(At(data, item))))),
            Throws.InstanceOf<BackendException>().With.Property("Code").EqualTo("TEN4352"));
    }

    [Test]
    public void Whole_vectors_are_read_and_written_as_such()
    {
        var (input, output, item) = (Param(0, DType.Float32, 64), Param(1, DType.Float32, 64), Special(16));
        var four = UOp.Alu(Ops.Mul, item, Int(4));
        var shader = Renderer.Compile(Program("vectors", 16, Store(At(output, four), UOp.Alu(Ops.Mul, Load(At(input, four), 4), Splat(UOp.Const(DType.Float32, 2), 4)))));

        Assert.That(shader.Source, Does.Contain("data0: array<vec4<f32>>").And.Contain("data1: array<vec4<f32>>").And.Contain("let v2 = data0[(first0 + v1) >> 2u];"));
        Assert.That(shader.Source, Does.Contain("data1[(first1 + v1) >> 2u] = v2 * vec4<f32>(2.0f);"));
        Assert.That(shader.Vectors, Is.EqualTo(new[] { true, true }));
        Assert.That(shader.Unaligned, Does.Contain("data0: array<f32>").And.Contain("vec4<f32>(data0[v2], data0[v2 + 1i], data0[v2 + 2i], data0[v2 + 3i])"));
        Assert.That(shader.Unaligned, Does.Contain("data1[v4] = v5[0]; data1[v4 + 1i] = v5[1]; data1[v4 + 2i] = v5[2]; data1[v4 + 3i] = v5[3];"));
    }

    [Test]
    public void Vectors_at_odd_places_are_put_together()
    {
        var (input, output, item) = (Param(0, DType.Float32, 64), Param(1, DType.Float32, 64), Special(15));
        var odd = UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, item, Int(4)), Int(2));
        var shader = Renderer.Compile(Program("odd", 15, Store(At(output, odd), Load(At(input, odd), 4))));

        Assert.That(shader.Source, Does.Contain("data0: array<f32>").And.Contain("data0[v2 + 3i]"));
        Assert.That((shader.Vectors.Contains(true), shader.Unaligned), Is.EqualTo((false, (string?)null)));
    }

    // A store of one lane may store the others too.
    [Test]
    public void What_is_stored_by_elements_is_no_array_of_vectors()
    {
        var (data, item) = (Param(0, DType.Float32, 64), Special(16));
        var four = UOp.Alu(Ops.Mul, item, Int(4));
        var shader = Renderer.Compile(Program("mixed", 16, Store(At(data, four), Extract(Load(At(data, four), 4), 3))));

        Assert.That(shader.Source, Does.Contain("data0: array<f32>"));
    }

    [Test]
    public void Neighbours_are_one_load()
    {
        var (input, output, item) = (Param(0, DType.Float32, 64), Param(1, DType.Float32, 8), Special(8));
        var row = At(input, UOp.Alu(Ops.Mul, item, Int(8)));
        UOp Element(int i) => Load(i == 0 ? row : At(row, Int(i)));
        var sum = UOp.Alu(Ops.Add, UOp.Alu(Ops.Add, Element(0), Element(3)), Element(6));
        var shader = Renderer.Compile(Program("neighbours", 8, Store(At(output, item), sum)));

        Assert.That(shader.Source, Does.Contain("data0: array<vec4<f32>>").And.Contain("data1: array<f32>"));
        Assert.That(shader.Source.Split("data0[(").Length - 1, Is.EqualTo(2), shader.Source);
        Assert.That(shader.Unaligned, Does.Contain("data0: array<f32>"));
    }

    [Test]
    public void Lanes_of_vectors_are_computed_together()
    {
        var (input, output, item) = (Param(0, DType.Float32, 64), Param(1, DType.Int32, 64), Special(16));
        var four = UOp.Alu(Ops.Mul, item, Int(4));
        var x = Load(At(input, four), 4);
        var value = UOp.Where(UOp.Alu(Ops.CmpNe, x, Splat(UOp.Const(DType.Float32, 1), 4)), x.Cast(DType.Int32.Vec(4)), Stack(Int(1), Int(2), Int(3), Int(4)));
        var source = Renderer.Compile(Program("lanes4", 16, Store(At(output, four), UOp.Alu(Ops.Shr, value, Splat(Int(1), 4))))).Source;

        Assert.That(source, Does.Contain("fn differ_4(x: vec4<f32>, y: vec4<f32>) -> vec4<bool>").And.Contain("fn to_i32_4(x: vec4<f32>) -> vec4<i32>"));
        Assert.That(source, Does.Contain("vec4<i32>(1i, 2i, 3i, 4i)"));
    }

    [Test]
    public void What_isnt_finite_is_no_constant_expression()
    {
        var output = Param(0, DType.Float32, 3);
        UOp Value(int i, double value) => Store(At(output, Int(i)), UOp.Const(DType.Float32, value));
        var source = Renderer.Compile(Program("constants", 1, Value(0, double.NaN), Value(1, double.NegativeInfinity), Value(2, -0.0))).Source;

        Assert.That(source, Does.Contain("float_of(0xff800000u)").And.Contain("float_of(0x80000000u)").And.Contain("fn float_of(bits: u32) -> f32"));
    }

    [Test]
    public void Missing_types_are_named()
    {
        var output = Param(0, DType.Float64, 1);
        Assert.That(() => Renderer.Compile(Program("doubles", 1, Store(At(output, Int(0)), UOp.Const(DType.Float64, 1)))),
            Throws.InstanceOf<BackendException>().With.Property("Code").EqualTo("TEN4351").And.Message.Contains("doubles").And.Message.Contains("float64"));
    }

    [Test]
    public void Shaders_are_kept_as_bytes()
    {
        var shader = new WgslShader("text", new GridSize(1, 2, 3), [1, 2], 4096) { Written = [false, true], Vectors = [true, false], Unaligned = "other", Variables = 3 };
        var again = WgslShader.FromBytes(shader.ToBytes());

        Assert.That((again.Source, again.Dispatch, again.WindowBytes), Is.EqualTo((shader.Source, shader.Dispatch, shader.WindowBytes)));
        Assert.That((again.Windows, again.Vectors, again.Unaligned), Is.EqualTo((shader.Windows, shader.Vectors, shader.Unaligned)));
        Assert.That((again.Written[0], again.Written[1], again.Variables), Is.EqualTo((false, true, 3)));
    }
}
