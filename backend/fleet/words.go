package fleet

import (
	"fmt"

	"tollbook/backend/record"
	"tollbook/backend/store"
)

// The words of documents and copies; the window has the same in its own texts.

func statusName(status string) string {
	switch status {
	case record.StatusIssued:
		return "已发行"
	case record.StatusLost:
		return "已挂失"
	case record.StatusFrozen:
		return "已冻结"
	case record.StatusCancelled:
		return "已注销"
	}
	return status
}

func vehicleStatusName(status string) string {
	switch status {
	case record.VehicleValid:
		return "有效"
	case record.VehicleHistorical:
		return "历史"
	}
	return status
}

func cardTypeName(kind string) string {
	switch kind {
	case record.CardCharge:
		return "记账卡"
	case record.CardStoredValue:
		return "储值卡"
	}
	return kind
}

func listedName(listed bool) string {
	if listed {
		return "状态名单"
	}
	return "正常"
}

// className is the toll class of JT/T 489-2019: 客1–客4, 货1–货6, 专项1–专项6.
func className(class int) string {
	switch {
	case class >= 1 && class <= 4:
		return fmt.Sprintf("客%d", class)
	case class >= 11 && class <= 16:
		return fmt.Sprintf("货%d", class-10)
	case class >= 21 && class <= 26:
		return fmt.Sprintf("专项%d", class-20)
	}
	return fmt.Sprintf("车型%d", class)
}

func groupKindName(kind string) string {
	switch kind {
	case store.Team:
		return "车队"
	case store.Project:
		return "项目"
	case store.Customer:
		return "客户"
	}
	return kind
}

func documentName(document string) string {
	switch document {
	case store.Licence:
		return "行驶证"
	case store.Insurance:
		return "保险"
	case store.Inspection:
		return "年检"
	}
	return document
}

func alertName(kind string) string {
	switch kind {
	case store.AlertListed:
		return "进入状态名单"
	case store.AlertUnlisted:
		return "移出状态名单"
	case store.AlertFrozen:
		return "已冻结"
	case store.AlertLost:
		return "已挂失"
	case store.AlertLowBalance:
		return "余额不足"
	}
	return kind
}

func outcomeName(outcome string) string {
	switch outcome {
	case outcomeDone:
		return "已更改"
	case outcomeUnchanged:
		return "未变"
	case outcomeRefused:
		return "被拒绝"
	case store.OutcomePending:
		return "未完成"
	}
	return outcome
}

// refusalName says why the hall refused a vehicle (the contract's ParkingResult.reason).
func refusalName(reason string) string {
	switch reason {
	case "unknownVehicle":
		return "营业厅没有该车辆"
	case "vehicleHistorical":
		return "车辆已是历史车辆"
	case "noIssuedCard":
		return "没有已发行的通行卡"
	}
	return reason
}

func onOff(on bool) string {
	if on {
		return "开启"
	}
	return "关闭"
}
