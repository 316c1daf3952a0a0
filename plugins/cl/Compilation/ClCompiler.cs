using System.Text;
using Tenon.Core.Backend;
using Tenon.Plugins.Cl.Execution;
using Tenon.Plugins.Cl.Native;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl.Compilation;

/// <summary>Compiles programs by the driver. Safe from several threads.</summary>
/// <param name="context">The device.</param>
/// <param name="options">What the driver's compiler is told.</param>
internal sealed unsafe class ClCompiler(ClContext context, string options)
{
    private readonly ClFunctions _cl = context.Functions;

    /// <summary>The driver's form of a program; empty if it gives none.</summary>
    /// <exception cref="BackendException">It doesn't compile; the message says where.</exception>
    public byte[] Compile(string kernel, string source)
    {
        using var program = Build(kernel, source);
        nuint bytes = 0;
        if (_cl.clGetProgramInfo(program.Value, CL_PROGRAM_BINARY_SIZES, (nuint)sizeof(nuint), &bytes, null) != CL_SUCCESS || bytes == 0)
        {
            return [];
        }

        var binary = new byte[bytes];
        fixed (byte* p = binary)
        {
            var list = p;
            return _cl.clGetProgramInfo(program.Value, CL_PROGRAM_BINARIES, (nuint)sizeof(byte*), &list, null) == CL_SUCCESS ? binary : [];
        }
    }

    /// <summary>A program that is ready to run: from the driver's form of it, or where that won't do any more, from its source.</summary>
    /// <exception cref="BackendException">Neither can be loaded.</exception>
    public ClHandle Load(CompiledKernel kernel, ClKernelCode code) =>
        LoadBinary(code.Binary.Span)
            ?? (kernel.Source is { } source
                ? Build(kernel.Name, source)
                : throw new BackendException("TEN4311", $"The driver of {context.Device.Name} refuses kernel {kernel.Name}, which it once compiled, and its source isn't kept. Clear the cache (tenon cache clear)."));

    private ClHandle? LoadBinary(ReadOnlySpan<byte> binary)
    {
        if (binary.IsEmpty)
        {
            return null;
        }

        int code, status;
        var (device, length) = (context.Device.Handle, (nuint)binary.Length);
        nint handle;
        fixed (byte* p = binary)
        {
            var list = p;
            handle = _cl.clCreateProgramWithBinary(context.Handle, 1, &device, &length, &list, &status, &code);
        }

        var program = new ClHandle(handle, _cl.clReleaseProgram);
        if (code == CL_SUCCESS && status == CL_SUCCESS && Build(program, "") == CL_SUCCESS)
        {
            return program;
        }

        program.Dispose();
        return null;
    }

    private ClHandle Build(string kernel, string source)
    {
        int code;
        nint handle;
        fixed (byte* text = Encoding.UTF8.GetBytes(source + '\0'))
        {
            var list = text;
            handle = _cl.clCreateProgramWithSource(context.Handle, 1, &list, null, &code);
        }

        var program = new ClHandle(handle, _cl.clReleaseProgram);
        context.Check(code, $"compiling kernel {kernel}");
        code = Build(program, options);
        if (code == CL_SUCCESS)
        {
            return program;
        }

        using (program)
        {
            throw code == CL_BUILD_PROGRAM_FAILURE ? BuildLog.Explain(kernel, context.Device.Name, source, LogOf(program)) : ClError.Of(code, $"compiling kernel {kernel}");
        }
    }

    private int Build(ClHandle program, string arguments)
    {
        var device = context.Device.Handle;
        fixed (byte* text = Encoding.UTF8.GetBytes(arguments + '\0'))
        {
            return _cl.clBuildProgram(program.Value, 1, &device, text, 0, 0);
        }
    }

    private string LogOf(ClHandle program)
    {
        nuint bytes = 0;
        if (_cl.clGetProgramBuildInfo(program.Value, context.Device.Handle, CL_PROGRAM_BUILD_LOG, 0, null, &bytes) != CL_SUCCESS)
        {
            return "";
        }

        var log = new byte[bytes];
        fixed (byte* p = log)
        {
            return _cl.clGetProgramBuildInfo(program.Value, context.Device.Handle, CL_PROGRAM_BUILD_LOG, bytes, p, null) == CL_SUCCESS ? Encoding.UTF8.GetString(log).TrimEnd('\0').Trim() : "";
        }
    }
}
