using System.Runtime.InteropServices;

namespace Tenon.Plugins.Cl.Native;

/// <summary>
/// The part of OpenCL 1.2's interface that is used here, under its own names. Function pointers rather than imports, so that several
/// libraries may be open in one process, and each says by itself what it lacks.
/// </summary>
internal readonly unsafe struct ClFunctions
{
    /// <summary>Looks up every function.</summary>
    /// <exception cref="EntryPointNotFoundException">The library lacks one: it is older than OpenCL 1.2, or no OpenCL.</exception>
    public ClFunctions(nint library)
    {
        clGetPlatformIDs = (delegate* unmanaged<uint, nint*, uint*, int>)NativeLibrary.GetExport(library, nameof(clGetPlatformIDs));
        clGetPlatformInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)NativeLibrary.GetExport(library, nameof(clGetPlatformInfo));
        clGetDeviceIDs = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)NativeLibrary.GetExport(library, nameof(clGetDeviceIDs));
        clGetDeviceInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)NativeLibrary.GetExport(library, nameof(clGetDeviceInfo));
        clCreateContext = (delegate* unmanaged<nint*, uint, nint*, nint, nint, int*, nint>)NativeLibrary.GetExport(library, nameof(clCreateContext));
        clReleaseContext = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, nameof(clReleaseContext));
        clCreateCommandQueue = (delegate* unmanaged<nint, nint, ulong, int*, nint>)NativeLibrary.GetExport(library, nameof(clCreateCommandQueue));
        clReleaseCommandQueue = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, nameof(clReleaseCommandQueue));
        clCreateBuffer = (delegate* unmanaged<nint, ulong, nuint, void*, int*, nint>)NativeLibrary.GetExport(library, nameof(clCreateBuffer));
        clCreateSubBuffer = (delegate* unmanaged<nint, ulong, uint, void*, int*, nint>)NativeLibrary.GetExport(library, nameof(clCreateSubBuffer));
        clCreateImage = (delegate* unmanaged<nint, ulong, ClImageFormat*, ClImageDescription*, void*, int*, nint>)NativeLibrary.GetExport(library, nameof(clCreateImage));
        clReleaseMemObject = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, nameof(clReleaseMemObject));
        clCreateProgramWithSource = (delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint>)NativeLibrary.GetExport(library, nameof(clCreateProgramWithSource));
        clCreateProgramWithBinary = (delegate* unmanaged<nint, uint, nint*, nuint*, byte**, int*, int*, nint>)NativeLibrary.GetExport(library, nameof(clCreateProgramWithBinary));
        clBuildProgram = (delegate* unmanaged<nint, uint, nint*, byte*, nint, nint, int>)NativeLibrary.GetExport(library, nameof(clBuildProgram));
        clGetProgramInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)NativeLibrary.GetExport(library, nameof(clGetProgramInfo));
        clGetProgramBuildInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)NativeLibrary.GetExport(library, nameof(clGetProgramBuildInfo));
        clReleaseProgram = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, nameof(clReleaseProgram));
        clCreateKernel = (delegate* unmanaged<nint, byte*, int*, nint>)NativeLibrary.GetExport(library, nameof(clCreateKernel));
        clGetKernelWorkGroupInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)NativeLibrary.GetExport(library, nameof(clGetKernelWorkGroupInfo));
        clSetKernelArg = (delegate* unmanaged<nint, uint, nuint, void*, int>)NativeLibrary.GetExport(library, nameof(clSetKernelArg));
        clReleaseKernel = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, nameof(clReleaseKernel));
        clEnqueueNDRangeKernel = (delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int>)NativeLibrary.GetExport(library, nameof(clEnqueueNDRangeKernel));
        clEnqueueWriteBuffer = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)NativeLibrary.GetExport(library, nameof(clEnqueueWriteBuffer));
        clEnqueueReadBuffer = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)NativeLibrary.GetExport(library, nameof(clEnqueueReadBuffer));
        clEnqueueCopyBuffer = (delegate* unmanaged<nint, nint, nint, nuint, nuint, nuint, uint, nint*, nint*, int>)NativeLibrary.GetExport(library, nameof(clEnqueueCopyBuffer));
        clEnqueueCopyBufferToImage = (delegate* unmanaged<nint, nint, nint, nuint, ClPlace*, ClPlace*, uint, nint*, nint*, int>)NativeLibrary.GetExport(library, nameof(clEnqueueCopyBufferToImage));
        clEnqueueMapBuffer = (delegate* unmanaged<nint, nint, uint, ulong, nuint, nuint, uint, nint*, nint*, int*, void*>)NativeLibrary.GetExport(library, nameof(clEnqueueMapBuffer));
        clEnqueueUnmapMemObject = (delegate* unmanaged<nint, nint, void*, uint, nint*, nint*, int>)NativeLibrary.GetExport(library, nameof(clEnqueueUnmapMemObject));
        clEnqueueMigrateMemObjects = (delegate* unmanaged<nint, uint, nint*, ulong, uint, nint*, nint*, int>)NativeLibrary.GetExport(library, nameof(clEnqueueMigrateMemObjects));
        clWaitForEvents = (delegate* unmanaged<uint, nint*, int>)NativeLibrary.GetExport(library, nameof(clWaitForEvents));
        clGetEventInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)NativeLibrary.GetExport(library, nameof(clGetEventInfo));
        clGetEventProfilingInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)NativeLibrary.GetExport(library, nameof(clGetEventProfilingInfo));
        clRetainEvent = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, nameof(clRetainEvent));
        clReleaseEvent = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, nameof(clReleaseEvent));
        clFlush = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, nameof(clFlush));
    }

    public delegate* unmanaged<uint, nint*, uint*, int> clGetPlatformIDs { get; init; }

    public delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetPlatformInfo { get; init; }

    public delegate* unmanaged<nint, ulong, uint, nint*, uint*, int> clGetDeviceIDs { get; init; }

    public delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetDeviceInfo { get; init; }

    public delegate* unmanaged<nint*, uint, nint*, nint, nint, int*, nint> clCreateContext { get; init; }

    public delegate* unmanaged<nint, int> clReleaseContext { get; init; }

    public delegate* unmanaged<nint, nint, ulong, int*, nint> clCreateCommandQueue { get; init; }

    public delegate* unmanaged<nint, int> clReleaseCommandQueue { get; init; }

    public delegate* unmanaged<nint, ulong, nuint, void*, int*, nint> clCreateBuffer { get; init; }

    public delegate* unmanaged<nint, ulong, uint, void*, int*, nint> clCreateSubBuffer { get; init; }

    public delegate* unmanaged<nint, ulong, ClImageFormat*, ClImageDescription*, void*, int*, nint> clCreateImage { get; init; }

    public delegate* unmanaged<nint, int> clReleaseMemObject { get; init; }

    public delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint> clCreateProgramWithSource { get; init; }

    public delegate* unmanaged<nint, uint, nint*, nuint*, byte**, int*, int*, nint> clCreateProgramWithBinary { get; init; }

    public delegate* unmanaged<nint, uint, nint*, byte*, nint, nint, int> clBuildProgram { get; init; }

    public delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetProgramInfo { get; init; }

    public delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int> clGetProgramBuildInfo { get; init; }

    public delegate* unmanaged<nint, int> clReleaseProgram { get; init; }

    public delegate* unmanaged<nint, byte*, int*, nint> clCreateKernel { get; init; }

    public delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int> clGetKernelWorkGroupInfo { get; init; }

    public delegate* unmanaged<nint, uint, nuint, void*, int> clSetKernelArg { get; init; }

    public delegate* unmanaged<nint, int> clReleaseKernel { get; init; }

    public delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int> clEnqueueNDRangeKernel { get; init; }

    public delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> clEnqueueWriteBuffer { get; init; }

    public delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> clEnqueueReadBuffer { get; init; }

    public delegate* unmanaged<nint, nint, nint, nuint, nuint, nuint, uint, nint*, nint*, int> clEnqueueCopyBuffer { get; init; }

    public delegate* unmanaged<nint, nint, nint, nuint, ClPlace*, ClPlace*, uint, nint*, nint*, int> clEnqueueCopyBufferToImage { get; init; }

    public delegate* unmanaged<nint, nint, uint, ulong, nuint, nuint, uint, nint*, nint*, int*, void*> clEnqueueMapBuffer { get; init; }

    public delegate* unmanaged<nint, nint, void*, uint, nint*, nint*, int> clEnqueueUnmapMemObject { get; init; }

    public delegate* unmanaged<nint, uint, nint*, ulong, uint, nint*, nint*, int> clEnqueueMigrateMemObjects { get; init; }

    public delegate* unmanaged<uint, nint*, int> clWaitForEvents { get; init; }

    public delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetEventInfo { get; init; }

    public delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetEventProfilingInfo { get; init; }

    public delegate* unmanaged<nint, int> clRetainEvent { get; init; }

    public delegate* unmanaged<nint, int> clReleaseEvent { get; init; }

    public delegate* unmanaged<nint, int> clFlush { get; init; }
}
