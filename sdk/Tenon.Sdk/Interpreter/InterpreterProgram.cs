using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>A kernel as steps over arrays of values.</summary>
internal sealed class InterpreterProgram : KernelProgram
{
    private readonly LinearProgram _program;
    private readonly StepProgram _steps;
    private readonly Lock _queue;

    /// <summary>Reads the program of a kernel.</summary>
    public InterpreterProgram(CompiledKernel kernel, InterpreterOptions options, Lock queue)
        : base(kernel)
    {
        _queue = queue;
        _program = LinearProgramSerializer.Deserialize(kernel.Binary.Span);
        _steps = new ProgramBuilder(_program, options).Build();
    }

    /// <inheritdoc/>
    protected override void LaunchCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        lock (_queue)
        {
            AddShadows(buffers);
            try
            {
                _steps.Run(buffers, variables);
            }
            finally
            {
                foreach (var view in buffers)
                {
                    ((InterpreterBuffer)view.Buffer).Shadow = null;
                }
            }
        }
    }

    // Several parameters may be parts of one buffer.
    private void AddShadows(ReadOnlySpan<BufferView> buffers)
    {
        for (var i = 0; i < buffers.Length; i++)
        {
            var buffer = (InterpreterBuffer)buffers[i].Buffer;
            if (!_program.Parameters[i].IsWritten || buffer.Shadow is not null)
            {
                continue;
            }

            var (isRead, unit) = (false, 8);
            for (var k = 0; k < buffers.Length; k++)
            {
                if (buffers[k].Buffer == buffer)
                {
                    isRead |= _program.Parameters[k].IsRead;
                    unit = Math.Min(unit, _program.Parameters[k].DType.Bytes);
                    unit = buffers[k].Offset % unit == 0 ? unit : 1;
                }
            }

            buffer.Shadow = new LaunchShadow((int)((buffer.Bytes + unit - 1) / unit), unit, isRead);
        }
    }
}
