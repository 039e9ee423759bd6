using System.Runtime.InteropServices;

namespace EdgeVision.Tests.Inference;

/// <summary>Bytes that end, or begin, at a page that may not be read: one byte too far and the process dies.</summary>
internal sealed unsafe partial class GuardedBytes : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly nint _map;
    private readonly nuint _mapped;
    private readonly byte* _start;
    private readonly int _length;

    public GuardedBytes(int length, bool atEnd)
    {
        var page = (nuint)Environment.SystemPageSize;
        var body = ((nuint)length + page - 1) / page * page;
        (_length, _mapped) = (length, body + (2 * page));
        _map = Map(0, _mapped, ReadWrite, PrivateAnonymous, -1, 0);
        if (_map == -1) throw new InvalidOperationException($"mmap gave no {_mapped} bytes: error {Marshal.GetLastPInvokeError()}.");
        if (Protect(_map, page, 0) != 0 || Protect(_map + (nint)(page + body), page, 0) != 0)
        {
            throw new InvalidOperationException($"mprotect: error {Marshal.GetLastPInvokeError()}.");
        }

        _start = (byte*)_map + page + (atEnd ? body - (nuint)length : 0);
    }

    public Span<byte> Span => new(_start, _length);

    public void Dispose() => Unmap(_map, _mapped);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
