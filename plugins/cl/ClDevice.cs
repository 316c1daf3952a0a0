using Tenon.Core.Backend;
using Tenon.Plugins.Cl.Compilation;
using Tenon.Plugins.Cl.Execution;
using Tenon.Plugins.Cl.Memory;
using Tenon.Plugins.Cl.Native;
using Tenon.Sdk.CStyle;

namespace Tenon.Plugins.Cl;

/// <summary>A device of OpenCL that is open.</summary>
internal sealed class ClDevice : Device, ILaunchTiming
{
    private readonly ClContext _context;
    private readonly ClCommands _commands;

    /// <summary>Opens a device.</summary>
    public ClDevice(ClLibrary library, ClDeviceInfo info, ClSettings settings)
    {
        _context = new ClContext(library, info);
        try
        {
            // Memory that the host shares is copied by the host's processors: a second queue would only take turns with the first.
            _commands = new ClCommands(_context, settings.HasTransferQueue ?? !info.SharesMemory, settings.Images);
            var renderer = new OpenCLRenderer(ClGenerator.FeaturesOf(info, settings.Images));
            Compiler = new ClCompiler(_context, renderer.BuildOptions);
            Capabilities = ClCapabilities.Of(info, settings.Images);
            Allocator = new ClAllocator(_context, _commands);
            CodeGenerators = [new ClGenerator(Compiler, renderer)];
        }
        catch
        {
            _commands?.Dispose();
            _context.Dispose();
            throw;
        }
    }

    /// <summary>What compiles for it.</summary>
    public ClCompiler Compiler { get; }

    /// <inheritdoc/>
    public override Capabilities Capabilities { get; }

    /// <inheritdoc/>
    public override Allocator Allocator { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<CodeGenerator> CodeGenerators { get; }

    /// <inheritdoc/>
    public TimeSpan Measure(KernelProgram program, ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables) => _commands.Measure((ClProgram)program, buffers, variables);

    /// <inheritdoc/>
    protected override KernelProgram LoadCore(CompiledKernel kernel)
    {
        if (kernel.Generator != ClGenerator.GeneratorName)
        {
            throw new BackendException("TEN4002", $"Kernel {kernel.Name} was made by the generator {kernel.Generator}; a device of OpenCL loads those of {ClGenerator.GeneratorName}.");
        }

        _context.ThrowIfLost();
        var code = ClKernelCode.Read(kernel);
        return new ClProgram(kernel, Compiler.Load(kernel, code), code.Buffers, _context, _commands);
    }

    /// <inheritdoc/>
    protected override void SynchronizeCore() => _commands.Synchronize();

    /// <inheritdoc/>
    protected override void CloseCore()
    {
        try
        {
            _commands.Synchronize();
        }
        finally
        {
            _commands.Dispose();
            _context.Dispose();
        }
    }
}
