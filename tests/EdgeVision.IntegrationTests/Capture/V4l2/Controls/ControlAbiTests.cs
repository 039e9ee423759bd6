using System.Runtime.InteropServices;
using EdgeVision.Capture.V4l2.Controls;

namespace EdgeVision.IntegrationTests.Capture.V4l2.Controls;

/// <summary>
/// Sizes and offsets as gcc 12 gives them for linux/videodev2.h of Linux 6.1 (sizeof and offsetof), on x86-64 and, cross-compiled and run under qemu, on arm64.
/// </summary>
public sealed class ControlAbiTests
{
    [Fact]
    public void Structures_have_the_kernels_sizes()
    {
        Assert.Equal(232, Marshal.SizeOf<QueriedControl>());
        Assert.Equal(44, Marshal.SizeOf<QueriedItem>());
        Assert.Equal(20, Marshal.SizeOf<ControlValue>());
        Assert.Equal(32, Marshal.SizeOf<ControlValues>());
    }

    [Theory]
    [InlineData(typeof(QueriedControl), nameof(QueriedControl.Name), 8)]
    [InlineData(typeof(QueriedControl), nameof(QueriedControl.Minimum), 40)]
    [InlineData(typeof(QueriedControl), nameof(QueriedControl.Default), 64)]
    [InlineData(typeof(QueriedControl), nameof(QueriedControl.Flags), 72)]
    [InlineData(typeof(QueriedControl), nameof(QueriedControl.Dimensions), 84)]
    [InlineData(typeof(QueriedControl), nameof(QueriedControl.Reserved), 104)]
    [InlineData(typeof(QueriedItem), nameof(QueriedItem.Name), 8)]
    [InlineData(typeof(QueriedItem), nameof(QueriedItem.Reserved), 40)]
    [InlineData(typeof(ControlValue), nameof(ControlValue.Size), 4)]
    [InlineData(typeof(ControlValue), nameof(ControlValue.Value), 12)]
    [InlineData(typeof(ControlValues), nameof(ControlValues.ErrorIndex), 8)]
    [InlineData(typeof(ControlValues), nameof(ControlValues.First), 24)]
    public void Fields_lie_where_the_kernel_has_them(Type type, string field, int offset) => Assert.Equal(offset, (int)Marshal.OffsetOf(type, field));

    [Theory]
    [InlineData(ControlAbi.QueryExtended, 103, 232)]
    [InlineData(ControlAbi.QueryMenu, 37, 44)]
    [InlineData(ControlAbi.GetExtended, 71, 32)]
    [InlineData(ControlAbi.SetExtended, 72, 32)]
    public void Requests_are_the_kernels(uint request, uint number, uint size) => Assert.Equal((3u << 30) | (size << 16) | ('V' << 8) | number, request);
}
