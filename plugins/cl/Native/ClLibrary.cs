using System.Runtime.InteropServices;
using System.Text;
using Tenon.Core.Backend;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl.Native;

/// <summary>An OpenCL library in this process. It is never closed: drivers keep threads and state of their own.</summary>
/// <param name="path">What it was opened by: a path, or a name that the system searches for.</param>
/// <param name="functions">Its functions.</param>
internal sealed unsafe class ClLibrary(string path, ClFunctions functions)
{
    /// <summary>What it was opened by.</summary>
    public string Path => path;

    /// <summary>Its functions.</summary>
    public ClFunctions Functions => functions;

    /// <summary>The platforms: one for each driver.</summary>
    public IReadOnlyList<nint> GetPlatforms()
    {
        uint count = 0;
        var code = functions.clGetPlatformIDs(0, null, &count);
        if (code == CL_PLATFORM_NOT_FOUND_KHR || (code == CL_SUCCESS && count == 0))
        {
            return [];
        }

        ClError.Check(code, "listing the platforms of OpenCL");
        var platforms = new nint[count];
        fixed (nint* p = platforms)
        {
            ClError.Check(functions.clGetPlatformIDs(count, p, null), "listing the platforms of OpenCL");
        }

        return platforms;
    }

    /// <summary>The devices of a platform.</summary>
    public IReadOnlyList<nint> GetDevices(nint platform, ulong type)
    {
        uint count = 0;
        var code = functions.clGetDeviceIDs(platform, type, 0, null, &count);
        if (code == CL_DEVICE_NOT_FOUND || (code == CL_SUCCESS && count == 0))
        {
            return [];
        }

        ClError.Check(code, "listing the devices of a platform of OpenCL");
        var devices = new nint[count];
        fixed (nint* p = devices)
        {
            ClError.Check(functions.clGetDeviceIDs(platform, type, count, p, null), "listing the devices of a platform of OpenCL");
        }

        return devices;
    }

    /// <summary>A property of a platform that is text.</summary>
    public string GetPlatformText(nint platform, uint property) => Text(functions.clGetPlatformInfo, platform, property);

    /// <summary>A property of a device that is text.</summary>
    public string GetDeviceText(nint device, uint property) => Text(functions.clGetDeviceInfo, device, property);

    /// <summary>A property of a device; the default value where it has no such property.</summary>
    public T GetDevice<T>(nint device, uint property) where T : unmanaged
    {
        T value = default;
        return functions.clGetDeviceInfo(device, property, (nuint)sizeof(T), &value, null) == CL_SUCCESS ? value : default;
    }

    /// <summary>A property of a device that is a list; empty where it has no such property.</summary>
    public T[] GetDeviceList<T>(nint device, uint property) where T : unmanaged
    {
        nuint bytes = 0;
        if (functions.clGetDeviceInfo(device, property, 0, null, &bytes) != CL_SUCCESS)
        {
            return [];
        }

        var values = new T[(int)bytes / sizeof(T)];
        fixed (T* p = values)
        {
            return functions.clGetDeviceInfo(device, property, bytes, p, null) == CL_SUCCESS ? values : [];
        }
    }

    private static string Text(delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> get, nint of, uint property)
    {
        nuint bytes = 0;
        if (get(of, property, 0, null, &bytes) != CL_SUCCESS || bytes == 0)
        {
            return "";
        }

        var text = new byte[bytes];
        fixed (byte* p = text)
        {
            return get(of, property, bytes, p, null) == CL_SUCCESS ? Encoding.UTF8.GetString(text).TrimEnd('\0').Trim() : "";
        }
    }
}
