using System.Text;
using Tenon.Core.Backend;
using Tenon.Plugins.Cl.Compilation;
using Tenon.Plugins.Cl.Memory;
using Tenon.Plugins.Cl.Native;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl.Execution;

/// <summary>A kernel on a device.</summary>
internal sealed unsafe class ClProgram : KernelProgram
{
    private readonly ClContext _context;
    private readonly ClCommands _commands;
    private readonly ClHandle _kernel;
    private readonly IReadOnlyList<ClKernelBuffer> _buffers;

    /// <summary>Makes the kernel of a program, which is then this one's.</summary>
    /// <param name="kernel">What it was compiled to.</param>
    /// <param name="program">What OpenCL has loaded.</param>
    /// <param name="buffers">What it takes: offsets are passed in elements.</param>
    /// <param name="context">The device.</param>
    /// <param name="commands">Where it runs.</param>
    public ClProgram(CompiledKernel kernel, ClHandle program, IReadOnlyList<ClKernelBuffer> buffers, ClContext context, ClCommands commands) : base(kernel)
    {
        (_context, _commands, _buffers) = (context, commands, buffers);
        Description = $"kernel {kernel.Name}";
        using (program)
        {
            int code;
            fixed (byte* name = Encoding.UTF8.GetBytes(kernel.Name + '\0'))
            {
                // OpenCL keeps a program for as long as it has kernels.
                _kernel = new ClHandle(context.Functions.clCreateKernel(program.Value, name, &code), context.Functions.clReleaseKernel);
            }

            context.Check(code, $"loading {Description}");
        }

        nuint lanes;
        if (context.Functions.clGetKernelWorkGroupInfo(_kernel.Value, context.Device.Handle, CL_KERNEL_WORK_GROUP_SIZE, (nuint)sizeof(nuint), &lanes, null) == CL_SUCCESS
            && (long)lanes < kernel.Lanes.Count)
        {
            _kernel.Dispose();
            throw new BackendException("TEN4310", $"Kernel {kernel.Name} has groups of {kernel.Lanes} = {kernel.Lanes.Count} work items, and {context.Device.Name} can run it in groups of {lanes} at most, because of the registers or local memory that each takes. Mask the device's capabilities in plugins.json, or leave its loops alone (\"optimise\": false), and report it.");
        }
    }

    /// <summary>OpenCL's object.</summary>
    public nint Handle => _kernel.Value;

    /// <summary>Its name, for messages.</summary>
    public string Description { get; }

    /// <summary>Sets the arguments of the next launch: each buffer and where it begins, then the variables. Called under the context's gate.</summary>
    /// <param name="buffers">The buffers.</param>
    /// <param name="variables">The variables.</param>
    /// <param name="images">Makes images of buffers.</param>
    /// <param name="queue">The queue of the launch.</param>
    /// <param name="wait">What the launch waits for; 0 for nothing.</param>
    public void SetArguments(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables, ClImages images, nint queue, nint wait)
    {
        var kernel = Handle;
        var index = 0u;
        for (var i = 0; i < buffers.Length; i++)
        {
            var memory = ((ClBuffer)buffers[i].Buffer).Handle;
            var (offset, remainder) = Math.DivRem(buffers[i].Offset, _buffers[i].ElementBytes);
            if (remainder != 0)
            {
                throw new BackendException("TEN4004", $"Buffer {i} of {Description} begins at byte {buffers[i].Offset}, which is no multiple of its elements of {_buffers[i].ElementBytes} bytes.");
            }

            var isImage = _buffers[i].Image is not null;
            if (isImage)
            {
                (memory, offset) = images.Of(buffers[i], _buffers[i], IsStable(buffers, buffers[i]), queue, wait);
            }

            Set(kernel, index++, (nuint)sizeof(nint), &memory);
            if (!isImage || images.HaveOffsets)
            {
                Set(kernel, index++, sizeof(long), &offset);
            }
        }

        foreach (var variable in variables)
        {
            var value = variable;
            Set(kernel, index++, sizeof(long), &value);
        }
    }

    // Whether nothing that the kernel writes lies in a view.
    private bool IsStable(ReadOnlySpan<BufferView> buffers, BufferView view)
    {
        for (var i = 0; i < buffers.Length; i++)
        {
            if (_buffers[i].IsWritten && buffers[i].Buffer == view.Buffer && buffers[i].Offset < view.Offset + view.Bytes && view.Offset < buffers[i].Offset + buffers[i].Bytes)
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void LaunchCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables) => _commands.Launch(this, buffers, variables);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // OpenCL keeps it until what is queued is done.
            _kernel.Dispose();
        }
    }

    private void Set(nint kernel, uint index, nuint bytes, void* value) => _context.Check(_context.Functions.clSetKernelArg(kernel, index, bytes, value), $"passing argument {index} to {Description}");
}
