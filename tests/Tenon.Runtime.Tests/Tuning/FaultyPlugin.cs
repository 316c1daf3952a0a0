using System.Reflection;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Tests.Shared;

namespace Tenon.Runtime.Tests.Tuning;

/// <summary>What goes wrong with a program, by how many stores it has.</summary>
public enum Fault
{
    CrashWhenRun = 2,
    HangWhenRun = 3,
    WrongResult = 4,
    CrashWhenCompiled = 5,
    HangWhenCompiled = 6,
    OutOfMemory = 7,
    FailWhenCompiled = 9,
    FailWhenRun = 10,
}

/// <summary>The processor, with programs that fail in every way. Public and with a constructor, so that a worker can make it.</summary>
public sealed class FaultyPlugin : IBackendPlugin
{
    private readonly IBackendPlugin _inner;

    public FaultyPlugin()
    {
        var assembly = Assembly.LoadFrom(Path.Combine(Path.GetDirectoryName(typeof(FaultyPlugin).Assembly.Location)!, "plugins", "cpu", "Tenon.Plugins.Cpu.dll"));
        _inner = (IBackendPlugin)Activator.CreateInstance(assembly.GetCustomAttribute<BackendPluginAttribute>()!.EntryPoint)!;
    }

    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host) => [new DeviceDescription { Name = "FAULTY", DisplayName = "Fails" }];

    public Device Open(DeviceDescription device, BackendHost host) => new FaultyDevice(_inner.Open(_inner.EnumerateDevices(host)[0], host));

    private sealed class FaultyDevice(Device inner) : Device
    {
        public override Capabilities Capabilities => inner.Capabilities;

        public override Allocator Allocator => inner.Allocator;

        public override IReadOnlyList<CodeGenerator> CodeGenerators { get; } = [new FaultyGenerator(inner.CodeGenerators[0])];

        protected override KernelProgram LoadCore(CompiledKernel kernel) => new FaultyProgram(kernel, inner.Load(new CompiledKernel
        {
            Name = kernel.Name,
            Generator = kernel.Generator,
            Binary = kernel.Binary[1..],
            GlobalSize = kernel.GlobalSize,
            BufferCount = kernel.BufferCount,
            VariableCount = kernel.VariableCount,
        }));

        protected override void SynchronizeCore() => inner.Synchronize();

        protected override void CloseCore() => inner.Dispose();
    }

    private sealed class FaultyGenerator(CodeGenerator inner) : CodeGenerator
    {
        public override string Name => inner.Name;

        public override CodeGeneratorTarget Target => inner.Target;

        public override string Render(LinearProgram program) => inner.Render(program);

        protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program)
        {
            var fault = (Fault)program.Ops.Count(u => u.Op == Ops.Store);
            switch (fault)
            {
                case Fault.CrashWhenCompiled:
                    Environment.FailFast("the compiler is broken");
                    break;
                case Fault.HangWhenCompiled:
                    HangClock.Hang();
                    break;
                case Fault.FailWhenCompiled:
                    throw new BackendException("FAKE1", "the compiler doesn't like it");
                case Fault.OutOfMemory:
                    throw new InsufficientMemoryException("no room");
            }

            return (new byte[] { (byte)fault }.Concat(inner.Generate(program).Binary.ToArray()).ToArray(), null);
        }
    }

    private sealed class FaultyProgram(CompiledKernel kernel, KernelProgram inner) : KernelProgram(kernel)
    {
        protected override void LaunchCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
        {
            switch ((Fault)Kernel.Binary.Span[0])
            {
                case Fault.CrashWhenRun:
                    Environment.FailFast("the program is broken");
                    break;
                case Fault.HangWhenRun:
                    HangClock.Hang();
                    break;
                case Fault.WrongResult:
                    return;
                case Fault.FailWhenRun:
                    throw new BackendException("FAKE2", "the device doesn't like it");
            }

            inner.Launch(buffers, variables);
        }

        protected override void Dispose(bool disposing) => inner.Dispose();
    }
}
