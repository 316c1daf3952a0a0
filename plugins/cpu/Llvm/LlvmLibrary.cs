using System.Globalization;
using System.Runtime.InteropServices;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu.Llvm;

/// <summary>
/// A libLLVM in this process and the part of its C API that is used here, under its own names. Several versions may be open at once.
/// A library is never closed: it keeps state of its own.
/// </summary>
internal sealed unsafe class LlvmLibrary
{
    /// <summary>The oldest version with opaque pointers.</summary>
    public const int MinVersion = 15;

    private static readonly Lock Opening = new();
    private static readonly Dictionary<nint, LlvmLibrary> Open = [];

    private readonly nint _handle;

    private LlvmLibrary(nint handle, string path)
    {
        (_handle, Path) = (handle, path);
        LLVMDisposeMessage = (delegate* unmanaged<byte*, void>)Export(nameof(LLVMDisposeMessage));
        LLVMContextCreate = (delegate* unmanaged<nint>)Export(nameof(LLVMContextCreate));
        LLVMContextDispose = (delegate* unmanaged<nint, void>)Export(nameof(LLVMContextDispose));
        LLVMContextSetDiagnosticHandler = (delegate* unmanaged<nint, delegate* unmanaged<nint, nint, void>, nint, void>)Export(nameof(LLVMContextSetDiagnosticHandler));
        LLVMGetDiagInfoSeverity = (delegate* unmanaged<nint, int>)Export(nameof(LLVMGetDiagInfoSeverity));
        LLVMGetDiagInfoDescription = (delegate* unmanaged<nint, byte*>)Export(nameof(LLVMGetDiagInfoDescription));
        LLVMCreateMemoryBufferWithMemoryRangeCopy = (delegate* unmanaged<byte*, nuint, byte*, nint>)Export(nameof(LLVMCreateMemoryBufferWithMemoryRangeCopy));
        LLVMGetBufferStart = (delegate* unmanaged<nint, byte*>)Export(nameof(LLVMGetBufferStart));
        LLVMGetBufferSize = (delegate* unmanaged<nint, nuint>)Export(nameof(LLVMGetBufferSize));
        LLVMDisposeMemoryBuffer = (delegate* unmanaged<nint, void>)Export(nameof(LLVMDisposeMemoryBuffer));
        LLVMParseIRInContext = (delegate* unmanaged<nint, nint, nint*, byte**, int>)Export(nameof(LLVMParseIRInContext));
        LLVMVerifyModule = (delegate* unmanaged<nint, int, byte**, int>)Export(nameof(LLVMVerifyModule));
        LLVMDisposeModule = (delegate* unmanaged<nint, void>)Export(nameof(LLVMDisposeModule));
        LLVMSetTarget = (delegate* unmanaged<nint, byte*, void>)Export(nameof(LLVMSetTarget));
        LLVMCreateTargetDataLayout = (delegate* unmanaged<nint, nint>)Export(nameof(LLVMCreateTargetDataLayout));
        LLVMSetModuleDataLayout = (delegate* unmanaged<nint, nint, void>)Export(nameof(LLVMSetModuleDataLayout));
        LLVMDisposeTargetData = (delegate* unmanaged<nint, void>)Export(nameof(LLVMDisposeTargetData));
        LLVMGetHostCPUName = (delegate* unmanaged<byte*>)Export(nameof(LLVMGetHostCPUName));
        LLVMGetHostCPUFeatures = (delegate* unmanaged<byte*>)Export(nameof(LLVMGetHostCPUFeatures));
        LLVMGetTargetFromTriple = (delegate* unmanaged<byte*, nint*, byte**, int>)Export(nameof(LLVMGetTargetFromTriple));
        LLVMCreateTargetMachine = (delegate* unmanaged<nint, byte*, byte*, byte*, int, int, int, nint>)Export(nameof(LLVMCreateTargetMachine));
        LLVMTargetMachineEmitToMemoryBuffer = (delegate* unmanaged<nint, nint, int, byte**, nint*, int>)Export(nameof(LLVMTargetMachineEmitToMemoryBuffer));
        LLVMCreatePassBuilderOptions = (delegate* unmanaged<nint>)Export(nameof(LLVMCreatePassBuilderOptions));
        LLVMDisposePassBuilderOptions = (delegate* unmanaged<nint, void>)Export(nameof(LLVMDisposePassBuilderOptions));
        LLVMRunPasses = (delegate* unmanaged<nint, byte*, nint, nint, nint>)Export(nameof(LLVMRunPasses));
        LLVMGetErrorMessage = (delegate* unmanaged<nint, byte*>)Export(nameof(LLVMGetErrorMessage));
        LLVMDisposeErrorMessage = (delegate* unmanaged<byte*, void>)Export(nameof(LLVMDisposeErrorMessage));
        Version = FindVersion();
    }

    /// <summary>What it was opened by: a path, or a name that the system searches for.</summary>
    public string Path { get; }

    /// <summary>Its version, such as <c>19.1.7</c>; <c>15</c> where it doesn't say, which is later than 14.</summary>
    public string Version { get; }

    /// <summary>The first part of the version.</summary>
    public int Major => int.Parse(Version.Split('.')[0], CultureInfo.InvariantCulture);

    public delegate* unmanaged<byte*, void> LLVMDisposeMessage { get; }

    public delegate* unmanaged<nint> LLVMContextCreate { get; }

    public delegate* unmanaged<nint, void> LLVMContextDispose { get; }

    public delegate* unmanaged<nint, delegate* unmanaged<nint, nint, void>, nint, void> LLVMContextSetDiagnosticHandler { get; }

    public delegate* unmanaged<nint, int> LLVMGetDiagInfoSeverity { get; }

    public delegate* unmanaged<nint, byte*> LLVMGetDiagInfoDescription { get; }

    public delegate* unmanaged<byte*, nuint, byte*, nint> LLVMCreateMemoryBufferWithMemoryRangeCopy { get; }

    public delegate* unmanaged<nint, byte*> LLVMGetBufferStart { get; }

    public delegate* unmanaged<nint, nuint> LLVMGetBufferSize { get; }

    public delegate* unmanaged<nint, void> LLVMDisposeMemoryBuffer { get; }

    public delegate* unmanaged<nint, nint, nint*, byte**, int> LLVMParseIRInContext { get; }

    public delegate* unmanaged<nint, int, byte**, int> LLVMVerifyModule { get; }

    public delegate* unmanaged<nint, void> LLVMDisposeModule { get; }

    public delegate* unmanaged<nint, byte*, void> LLVMSetTarget { get; }

    public delegate* unmanaged<nint, nint> LLVMCreateTargetDataLayout { get; }

    public delegate* unmanaged<nint, nint, void> LLVMSetModuleDataLayout { get; }

    public delegate* unmanaged<nint, void> LLVMDisposeTargetData { get; }

    public delegate* unmanaged<byte*> LLVMGetHostCPUName { get; }

    public delegate* unmanaged<byte*> LLVMGetHostCPUFeatures { get; }

    public delegate* unmanaged<byte*, nint*, byte**, int> LLVMGetTargetFromTriple { get; }

    public delegate* unmanaged<nint, byte*, byte*, byte*, int, int, int, nint> LLVMCreateTargetMachine { get; }

    public delegate* unmanaged<nint, nint, int, byte**, nint*, int> LLVMTargetMachineEmitToMemoryBuffer { get; }

    public delegate* unmanaged<nint> LLVMCreatePassBuilderOptions { get; }

    public delegate* unmanaged<nint, void> LLVMDisposePassBuilderOptions { get; }

    public delegate* unmanaged<nint, byte*, nint, nint, nint> LLVMRunPasses { get; }

    public delegate* unmanaged<nint, byte*> LLVMGetErrorMessage { get; }

    public delegate* unmanaged<byte*, void> LLVMDisposeErrorMessage { get; }

    /// <summary>Opens a library; null, with the reason, if it won't do.</summary>
    public static LlvmLibrary? TryOpen(string path, out string reason)
    {
        lock (Opening)
        {
            if (!NativeLibrary.TryLoad(path, out var handle))
            {
                reason = $"{path} can't be opened";
                return null;
            }

            if (Open.TryGetValue(handle, out var library))
            {
                reason = "";
                return library;
            }

            try
            {
                library = new LlvmLibrary(handle, path);
                library.InitializeTarget();
                Open.Add(handle, library);
                reason = "";
                return library;
            }
            catch (Exception e) when (e is BackendException or EntryPointNotFoundException)
            {
                reason = $"{path}: {e.Message}";
                return null;
            }
        }
    }

    /// <summary>The text of a message of the library, which is then freed.</summary>
    public string Take(byte* message)
    {
        var text = Marshal.PtrToStringUTF8((nint)message) ?? "";
        LLVMDisposeMessage(message);
        return text;
    }

    // LLVMGetVersion came with 16. Before, only libraries of version 15 read opaque pointers.
    private string FindVersion()
    {
        if (NativeLibrary.TryGetExport(_handle, "LLVMGetVersion", out var address))
        {
            uint major, minor, patch;
            ((delegate* unmanaged<uint*, uint*, uint*, void>)address)(&major, &minor, &patch);
            return string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}.{patch}");
        }

        var context = LLVMContextCreate();
        nint module;
        byte* message = null;
        int failed;
        fixed (byte* text = "declare void @f(ptr)"u8, name = "probe"u8)
        {
            failed = LLVMParseIRInContext(context, LLVMCreateMemoryBufferWithMemoryRangeCopy(text, (nuint)"declare void @f(ptr)".Length, name), &module, &message);
        }

        if (failed == 0)
        {
            LLVMDisposeModule(module);
        }
        else
        {
            LLVMDisposeMessage(message);
        }

        LLVMContextDispose(context);
        return failed == 0 ? $"{MinVersion}" : throw new BackendException("TEN4100", $"it is older than LLVM {MinVersion}");
    }

    private void InitializeTarget()
    {
        var target = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "X86",
            Architecture.Arm64 => "AArch64",
            var other => throw new BackendException("TEN4100", $"kernels for {other} can't be loaded"),
        };
        foreach (var part in (string[])["TargetInfo", "Target", "TargetMC", "AsmPrinter"])
        {
            ((delegate* unmanaged<void>)Export($"LLVMInitialize{target}{part}"))();
        }
    }

    private nint Export(string name) => NativeLibrary.GetExport(_handle, name);
}
