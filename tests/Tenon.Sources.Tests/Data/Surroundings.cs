// What the documents' snippets stand among: names that they use and don't declare. Those that say what they use don't have these lines:
using Tenon;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Data;
using Tenon.NN;
using Tenon.Onnx;
using Tenon.Optim;
using Tenon.Runtime;
using Tenon.Sdk.Conformance;
using Tenon.State;
using Tenon.Web;
using NUnit.Framework;

// A model of whoever reads.
internal abstract class Model : Module
{
    public abstract Tensor Forward(Tensor tokens, SymInt position);
}

internal sealed class NpuDevice(object settings) : Device
{
    public override Capabilities Capabilities => throw new NotSupportedException($"{settings}");

    public override Allocator Allocator => null!;

    public override IReadOnlyList<CodeGenerator> CodeGenerators => [];

    protected override KernelProgram LoadCore(CompiledKernel kernel) => null!;

    protected override void SynchronizeCore()
    {
    }

    protected override void CloseCore()
    {
    }
}

internal static class Surroundings
{
    public static Tensor a = null!, b = null!, c = null!, g = null!, t = null!, v = null!, total = null!, w = null!, x = null!, y = null!, image = null!;
    public static Tensor key = null!, keys = null!, query = null!, token = null!;
    public static Model model = null!;
    public static Sequential backbone = null!, head = null!;
    public static Optimizer optimizer = null!;
    public static Scheduler schedule = null!;
    public static Func<Tensor, Tensor, Tensor> step = null!;
    public static DataLoader loader = null!;
    public static string folder = "", path = "";
    public static CancellationToken cancellation;
}
