using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler.Tests;

/// <summary>A parameter is streamed if more is written to it than caches hold, and nothing of it is read.</summary>
public sealed class StreamedOutputTests
{
    private const DTypeSupport Full = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector;

    [TestCase(4096, 16384, 0, 1, ExpectedResult = true)]
    [TestCase(3000, 16384, 0, 1, ExpectedResult = false, Description = "less than the cache")]
    [TestCase(4096, 0, 0, 1, ExpectedResult = false, Description = "caches unknown")]
    [TestCase(4096, 16384, 1, 1, ExpectedResult = false, Description = "in place")]
    [TestCase(64, 16384, 0, 64, ExpectedResult = false, Description = "a part of a large buffer")]
    public bool WhatIsWrittenIsStreamed(int written, long cacheBytes, int input, int share)
    {
        var (x, y) = (UOp.New(Ops.Param, DType.Float32, [], new ParamArg(0, written * share)), UOp.New(Ops.Param, DType.Float32, [], new ParamArg(1, written * share)));
        var loop = UOp.Range(UOp.Index(written), 0);
        var value = UOp.New(Ops.Load, DType.Float32, [UOp.New(Ops.Index, DType.Float32, [input == 1 ? x : y, loop])]);
        var store = UOp.New(Ops.Store, DType.Void, [UOp.New(Ops.Index, DType.Float32, [x, loop]), UOp.Alu(Ops.Add, value, value)]);
        var device = new Capabilities { DTypes = DType.Native.ToDictionary(d => d, _ => Full), L3CacheBytes = cacheBytes };
        var target = new CodeGeneratorTarget { DTypes = DType.Native.ToDictionary(d => d, _ => Full), ExtraOps = CodeGeneratorTarget.VectorOps, VectorBytes = 64, Fingerprint = "test" };
        var program = KernelCompiler.Compile(UOp.Sink([UOp.New(Ops.End, DType.Void, [store, loop])], new KernelArg("streamed")), device, target);
        program = LinearProgramSerializer.Deserialize(LinearProgramSerializer.Serialize(program));
        var stores = program.Ops.Where(u => u.Op == Ops.Store).ToList();
        Assert.That(stores.Exists(s => program.IsStreamed(s[0], s[1].DType)), Is.EqualTo(program.Parameters[0].IsStreamed));
        return program.Parameters[0].IsStreamed;
    }
}
