using System.Runtime.InteropServices;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime.Tests;

/// <summary>A device whose kernels are evaluated at once, node by node.</summary>
internal class FakeDevice : Device
{
    private readonly FakeAllocator _allocator;

    public FakeDevice(Capabilities? capabilities = null, long memory = long.MaxValue, params CodeGenerator[] generators)
    {
        Capabilities = capabilities ?? new Capabilities { DTypes = DType.Native.ToDictionary(d => d, _ => DTypeSupport.Storage | DTypeSupport.Arithmetic) };
        _allocator = new FakeAllocator(memory);
        CodeGenerators = generators.Length > 0 ? generators : [new FakeGenerator()];
    }

    public sealed override Capabilities Capabilities { get; }

    public override Allocator Allocator => _allocator;

    public sealed override IReadOnlyList<CodeGenerator> CodeGenerators { get; }

    public int Allocations => _allocator.Count;

    public int Loads { get; private set; }

    public bool IsClosed { get; private set; }

    protected override KernelProgram LoadCore(CompiledKernel kernel)
    {
        Loads++;
        return new Program(kernel);
    }

    protected override void SynchronizeCore()
    {
    }

    protected override void CloseCore() => IsClosed = true;

    private sealed class Program(CompiledKernel kernel) : KernelProgram(kernel)
    {
        private readonly UOp _sink = LinearProgramSerializer.Deserialize(kernel.Binary.Span).Ops[^1];

        protected override void LaunchCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
        {
            var memory = new Memory<byte>[buffers.Length];
            for (var i = 0; i < memory.Length; i++)
            {
                memory[i] = ((FakeBuffer)buffers[i].Buffer).Content.AsMemory((int)buffers[i].Offset, (int)buffers[i].Bytes);
            }

            TensorEvaluator.Run(_sink, slot => MemoryMarshal.Cast<byte, float>(memory[slot].Span));
        }
    }

    private sealed class FakeBuffer(long bytes, Action freed) : DeviceBuffer(bytes)
    {
        public byte[] Content { get; } = new byte[bytes];

        protected override void FreeCore() => freed();
    }

    private sealed class FakeAllocator(long memory) : Allocator
    {
        private long _used;

        public int Count { get; private set; }

        protected override DeviceBuffer AllocateCore(long bytes)
        {
            if (Interlocked.Add(ref _used, bytes) > memory)
            {
                Interlocked.Add(ref _used, -bytes);
                throw new BackendException("FAKE1", $"no room for {bytes} bytes");
            }

            Count++;
            return new FakeBuffer(bytes, () => Interlocked.Add(ref _used, -bytes));
        }

        protected override void CopyInCore(BufferView destination, ReadOnlySpan<byte> source) =>
            source.CopyTo(((FakeBuffer)destination.Buffer).Content.AsSpan((int)destination.Offset));

        protected override void CopyOutCore(BufferView source, Span<byte> destination) =>
            ((FakeBuffer)source.Buffer).Content.AsSpan((int)source.Offset, (int)source.Bytes).CopyTo(destination);
    }
}

/// <summary>A generator whose compiled form is the program itself.</summary>
internal sealed class FakeGenerator(string name = "Walk") : CodeGenerator
{
    private int _compiled;

    public override string Name => name;

    public int Compiled => _compiled;

    public override CodeGeneratorTarget Target { get; } = new() { DTypes = new Dictionary<DType, DTypeSupport>(), Fingerprint = "fake" };

    public override string Render(LinearProgram program) => $"// {program.Name}";

    protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program)
    {
        Interlocked.Increment(ref _compiled);
        return (LinearProgramSerializer.Serialize(program), Render(program));
    }
}
